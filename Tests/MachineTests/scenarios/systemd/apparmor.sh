# AppArmor profiles where systemd sandboxes berth-net as well, and users' managers create cgroups.
# The rest is in openrc/apparmor.sh.
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
	equal "berth-net is confined" "$(confinement "$process")" "berth-net (enforce)"
	equal "and its dnsmasq" "$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"
	expect "alice has a manager" eventually [ -e /run/user/1000/systemd/private ]
	expect "she makes a container" new_container alice web
	sed -i 's/^lxc.apparmor.profile.*/lxc.apparmor.profile = lxc-container-default-cgns/' \
		/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	session su alice 'berth-run lxc-start -n web -l info -o web.log || cat web.log' >/run/started \
		2>&1
	equal "it is started" "$(cat /run/started)" ""
	expect "it has an address" eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	process=$(as alice lxc-info -n web -p -H)
	equal "confined as it wants" "$(confinement "$process")" "lxc-container-default-cgns (enforce)"
	equal "by an lxc-start in the profile of Debian's" \
		"$(confinement "$(pgrep -u alice -f '^\[lxc monitor\]')")" "/usr/bin/lxc-start (enforce)"
	expect "with a NIC from a berth-nic in its own" said AUDIT lxc-berth-nic /run/lxc/nics
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "reload" systemctl reload berth-net.service
	expect "the forward is there" holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	kill -KILL "$(dnsmasq_process)"
	expect "a dnsmasq that was killed comes back" eventually holds 'kill -0 "$(dnsmasq_process)"'
	equal "confined" "$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"
	expect "restart" systemctl restart berth-net.service
	expect "it is stopped" session su alice 'berth-run lxc-stop -k -n web'
	expect "stop" systemctl stop berth-net.service
	nothing_denied "by all that"

	equal "a caller who is not confined" \
		"$(session su alice 'berth-run cat /proc/self/attr/apparmor/current')" unconfined
	expect "a cage is made" apparmor_parser -r /etc/apparmor.d/cage
	equal "a caller in it stays there" \
		"$(session su alice 'aa-exec -p cage -- berth-run cat /proc/self/attr/apparmor/current')" \
		"cage (enforce)"
}
