# AppArmor profiles on a host where systemd also sandboxes berth-net, and where the systemd managers
# of users create cgroups. openrc/apparmor.sh tests the rest.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	echo 'audit /run/lxc/nics rwk,' >/etc/apparmor.d/local/usr.libexec.berth.berth-nic
	echo 'profile cage flags=(attach_disconnected) {
		file, capability, network, signal, ptrace, unix, }' >/etc/apparmor.d/cage
	mkdir -p /var/lib/systemd/linger
	touch /var/lib/systemd/linger/alice
}

after_boot() {
	local process place
	all_in_force
	process=$(systemctl show -P MainPID berth-net.service)
	equal "berth-net is in its profile" "$(confinement "$process")" "berth-net (enforce)"
	equal "dnsmasq is in its profile" \
		"$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"
	expect "alice's user manager is running" eventually [ -e /run/user/1000/systemd/private ]
	expect "alice creates a container" new_container alice web
	sed -i 's/^lxc.apparmor.profile.*/lxc.apparmor.profile = lxc-container-default-cgns/' \
		/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	session su alice 'berth-run lxc-start -n web -l info -o web.log || cat web.log' >/run/started \
		2>&1
	equal "lxc-start prints nothing" "$(cat /run/started)" ""
	expect "the container has an address" has_address alice web
	process=$(as alice lxc-info -n web -p -H)
	equal "the container is in the profile that it configures" \
		"$(confinement "$process")" "lxc-container-default-cgns (enforce)"
	equal "the container's monitor is in Debian's profile for lxc-start" \
		"$(confinement "$(pgrep -u alice -f '^\[lxc monitor\]')")" "/usr/bin/lxc-start (enforce)"
	expect "berth-nic ran in its own profile" said AUDIT lxc-berth-nic /run/lxc/nics
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded" systemctl reload berth-net.service
	expect "reload adds the port forward" \
		holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	kill -KILL "$(dnsmasq_process)"
	expect "berth-net restarts dnsmasq after SIGKILL" \
		eventually holds 'kill -0 "$(dnsmasq_process)"'
	equal "the new dnsmasq is in its profile" \
		"$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"
	expect "berth-net can be restarted" systemctl restart berth-net.service
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n web'
	expect "berth-net can be stopped" systemctl stop berth-net.service
	nothing_denied "from boot to stop"

	equal "an unconfined caller stays unconfined" \
		"$(session su alice 'berth-run cat /proc/self/attr/apparmor/current')" unconfined
	expect "the profile cage can be loaded" apparmor_parser -r /etc/apparmor.d/cage
	equal "a caller in the profile cage stays in it" \
		"$(session su alice 'aa-exec -p cage -- berth-run cat /proc/self/attr/apparmor/current')" \
		"cage (enforce)"
}
