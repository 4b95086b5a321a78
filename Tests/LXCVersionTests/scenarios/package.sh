# The package on a host with this Debian's LXC: installed, upgraded while a container runs, removed
# and purged.
# init files: package

# shellcheck source=Tests/MachineTests/guest/package.sh
. /source/Tests/MachineTests/guest/package.sh

play() {
	local process
	mkdir -p /var/cache/apt/archives/partial
	outside_host
	stock_state >/root/stock
	equal "only LXC's helper is setuid" "$(setuid_programs)" /usr/libexec/lxc/lxc-user-nic
	expect "the package can be installed" apt-get -q -y install /machine/berth.deb
	equal "only berth-run and berth-nic are setuid" \
		"$(setuid_programs)" $'/usr/bin/berth-run\n/usr/libexec/berth/berth-nic'
	expect "the settings are valid" berth-net check
	# policy-rc.d prevents services from starting.
	expect "the network starts" berth-net start
	add_alice
	cgroups
	expect "alice creates a container" new_container alice web
	as alice sh -c 'mkdir -p .config/lxc && cp /run/web.conf .config/lxc/default.conf'
	expect "the container starts" start_container alice web
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "the container reaches the outside host" eventually reaches_outside
	sound "with the package"

	process=$(container_process)
	expect "the next version can be installed" apt-get -q -y install /machine/next.deb
	equal "the installed version is the next one" \
		9999 "$(dpkg-query -W -f "\${Version}" berth)"
	equal "the container keeps running during the upgrade" "$(container_process)" "$process"
	expect "the network stays during the upgrade" berth-net status
	expect "the container still reaches the outside host" eventually reaches_outside
	sound "after the upgrade"

	expect "the package can be removed" apt-get -q -y remove berth
	equal "the container keeps running after the removal" "$(container_process)" "$process"
	expect "LXC is unchanged after the removal" unchanged
	as alice lxc-stop -k -n web
	expect "lxc-net starts" /usr/libexec/lxc/lxc-net start
	expect "the container starts with LXC's helper" start_container alice web
	expect "the container reaches the outside host through lxc-net" eventually reaches_outside
	as alice lxc-stop -k -n web
	rm /etc/lxc/lxc-usernet
	[ -z "$limit" ] || rm /etc/lxc/lxc-usercgroup
	expect "the package can be purged" apt-get -q -y purge berth
	expect "LXC is unchanged after the purge" unchanged
	# Other file systems, such as the sources, are not searched.
	equal "no file of Berth remains" "$(find / -xdev \( -path /machine -o -path /source \
		-o -path /var/log -o -path /root -o -path /home \) -prune \
		-o -name '*berth*' -print)" ''
}
