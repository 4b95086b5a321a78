# systemd in a user's container. With LXC's AppArmor profile, systemd starts, but services fail.
# berth doctor reports this, and its fix works.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	mkdir -p /var/lib/systemd/linger
	touch /var/lib/systemd/linger/alice
}

# shellcheck source=Tests/MachineTests/guest/debian.sh
. /machine/debian.sh
# shellcheck source=Tests/MachineTests/guest/network.sh
. /machine/network.sh

after_boot() {
	outside
	expect "alice's user manager is running" eventually [ -e /run/user/1000/systemd/private ]
	expect "alice creates a container with systemd" make_guest probe.service
	session su alice 'berth-run lxc-start -n guest -l info -o guest.log' >/run/started 2>&1
	expect "systemd in the container has started" eventually settled
	equal "the container is in LXC's profile" \
		"$(confinement "$(as alice lxc-info -n guest -p -H)")" \
		"lxc-container-default-cgns (enforce)"
	equal "the service in the container has failed" \
		"$(inside systemctl show -P ActiveState probe.service)" failed
	equal "the service failed to set up namespaces" \
		"$(inside systemctl show -P ExecMainStatus probe.service)" 226
	expect "AppArmor logged the denied mount" \
		holds "dmesg | grep 'failed flags match' | grep -q lxc-container-default-cgns"
	found "the profile" \
		'it denies mounts that systemd in the container attempts' alice --container guest
	apply_fixes "the profile" alice
	healthy "after the fix" alice --container guest
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n guest'
	session su alice 'berth-run lxc-start -n guest -l info -o guest.log' >/run/started 2>&1
	expect "systemd in the container has started after the fix" eventually settled
	equal "the service in the container is active" \
		"$(inside systemctl show -P ActiveState probe.service)" active
	expect "systemd-logind starts in the container" inside systemctl start systemd-logind.service
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n guest'
}
