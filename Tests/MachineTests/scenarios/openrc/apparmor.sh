# The AppArmor profiles of Berth, and those of Debian for LXC, are in force. Everything that a
# container needs works under them without a single denial. What the profiles do not allow is
# denied. berth-run neither adds to the confinement of its caller nor removes any of it.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	echo 'alice cpu,io,memory,pids pids.max=200 memory.max=600M' >/etc/lxc/lxc-usercgroup
	mkdir -p /etc/conf.d
	echo 'BERTH_CGROUP_OPTIONS=--favordynmods' >/etc/conf.d/berth-cgroup
	echo 'session include berth-session' >>/etc/pam.d/su
	# What is asked for beside the profile: who opens these two is to be seen.
	echo 'audit /run/lxc/nics rwk,' >/etc/apparmor.d/local/usr.libexec.berth.berth-nic
	echo 'audit /etc/lxc/lxc-usercgroup r,' >/etc/apparmor.d/local/usr.bin.berth-run
	# Two profiles that confine a caller. Under `cage`, programs that the caller runs stay in it.
	# Under `open-cage`, they change to their own profiles.
	cat >/etc/apparmor.d/cages <<-'END'
		profile cage flags=(attach_disconnected) {
		  file, capability, network, signal, ptrace, unix, audit deny /etc/hostname r,
		}
		profile open-cage flags=(attach_disconnected) {
		  capability, network, signal, ptrace, unix,
		  /** rwlkm, /** pix, audit deny /etc/hostname r,
		}
	END
}

# dumps PROGRAM: whether an exec that the kernel cannot complete leaves a core. The argument fills
# the only page of stack, so that the tables after it never fit. Without it, the kernel's random
# offset let one exec in four succeed.
dumps() {
	local filling
	filling=$(printf %03800d 0)
	rm -f /root/dump/core
	(cd /root/dump && ulimit -c unlimited && ulimit -s 0 && exec -c "$1" "$filling")
	[ -e /root/dump/core ]
}
running() { as alice lxc-info -n "$1" -s -H | grep -q RUNNING; }

after_boot() {
	local process place cage pam
	all_in_force
	expect "berth-cgroup has mounted with favordynmods" \
		grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	nothing_denied "while the machine began"
	process=$(pgrep -P "$(pgrep -f '^supervise-daemon berth-net')" -x berth-net)
	equal "berth-net is confined" "$(confinement "$process")" "berth-net (enforce)"
	equal "and its dnsmasq" "$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"

	expect "alice makes a container" new_container alice web
	sed -i 's/^lxc.apparmor.profile.*/lxc.apparmor.profile = lxc-container-default-cgns/' \
		/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	session su alice 'berth-run lxc-start -n web -l info -o web.log || cat web.log' \
		>/run/started 2>&1
	equal "it is started" "$(cat /run/started)" ""
	expect "it runs" eventually running web
	process=$(as alice lxc-info -n web -p -H)
	equal "confined as it wants" "$(confinement "$process")" "lxc-container-default-cgns (enforce)"
	equal "by an lxc-start in the profile of Debian's" \
		"$(confinement "$(pgrep -u alice -f '^\[lxc monitor\]')")" "/usr/bin/lxc-start (enforce)"
	expect "with a NIC from a berth-nic in its own" said AUDIT lxc-berth-nic /run/lxc/nics
	expect "and a cgroup from a berth-run in its own" said AUDIT berth-run /etc/lxc/lxc-usercgroup
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	expect "in a cgroup of hers" grep -q '^/berth/u1000/run-.*/lxc.payload.web$' <<<"$place"
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	nothing_denied "by its start"

	outside
	expect "it has an address by DHCP" eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	expect "and the name of the host" \
		as alice berth-run lxc-attach -n web -- /bin/busybox nslookup openrc 10.0.3.1
	expect "and NAT" as alice berth-run lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "reload" rc-service berth-net reload
	expect "the forward is there" holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "restart" rc-service berth-net restart
	kill -KILL "$(dnsmasq_process)"
	expect "a dnsmasq that was killed comes back" eventually holds 'kill -0 "$(dnsmasq_process)"'
	expect "berth-net status" berth-net status
	nothing_denied "by its network"

	expect "alice makes one with two NICs" new_container alice two
	printf 'lxc.net.1.%s\n' 'type = veth' 'link = lxcbr0' 'flags = up' \
		>>/home/alice/.local/share/lxc/two/config
	refute "which is one more than she may have" \
		as alice lxc-start -n two -F -l info -o /home/alice/two.log
	expect "and she is told" grep -q 'user alice has 2 of 2 NICs on lxcbr0' /home/alice/two.log
	expect "berth-cgroup status" holds 'berth-cgroup status | grep -q lxc.payload.web'
	echo 'alice cpu,io,memory,pids pids.max=300 memory.max=600M' >/etc/lxc/lxc-usercgroup
	expect "berth-cgroup reload" berth-cgroup reload
	equal "the new limit" "$(cat /sys/fs/cgroup/berth/u1000/pids.max)" 300
	expect "it is stopped" as alice lxc-stop -k -n web
	expect "its NIC is gone" eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "berth-cgroup gc" berth-cgroup gc
	expect "berth-net stop" rc-service berth-net stop
	refute "nothing is left of it" ip link show lxcbr0
	expect "berth-net start" rc-service berth-net start
	nothing_denied "by all the rest"

	# What they are not to do.
	for profile in lxc-berth-nic berth-run berth-net berth-net//dnsmasq berth-net//firewall \
		berth-cgroup berth-pam; do
		expect "$profile may not read who has which password" \
			denied $profile /etc/shadow 'read -r line </etc/shadow'
		expect "$profile may not run a shell" denied $profile /usr/bin/dash /usr/bin/dash
		expect "$profile may not make accounts" denied $profile /etc/passwd 'echo >>/etc/passwd'
	done
	mkdir /root/dump
	echo core >/proc/sys/kernel/core_pattern
	pam=$(sed -n 's|.* \(/[^ ]*/berth-pam\) .*|\1|p' /etc/pam.d/berth-session)
	refute "berth-pam may not leave a core" dumps "$pam"
	expect "as the kernel says" said DENIED berth-pam /root/dump/core
	expect "its profile is put away" apparmor_parser -R /etc/apparmor.d/usr.libexec.berth.berth-pam
	expect "without it there would be one" dumps "$pam"
	echo 'LXC_DHCP_CONFILE=/root/dnsmasq.conf' >>/etc/default/lxc-net
	echo 'dhcp-lease-max=9' >/root/dnsmasq.conf
	refute "dnsmasq may not read what nobody told its profile of" rc-service berth-net restart
	expect "and is denied it" said DENIED berth-net//dnsmasq /root/dnsmasq.conf
	echo '/root/dnsmasq.conf r,' \
		| tee /etc/apparmor.d/local/usr.sbin.berth-net{,.dnsmasq} >/dev/null
	expect "a line helps" apparmor_parser -r /etc/apparmor.d/usr.sbin.berth-net
	expect "so that it may" rc-service berth-net restart

	keep_log

	# What berth-run leaves of its caller's confinement: all of it, and nothing else.
	equal "a caller who is not confined" \
		"$(as alice berth-run cat /proc/self/attr/apparmor/current)" unconfined
	equal "his environment" "$(as alice env LD_BIND_NOW=1 berth-run printenv LD_BIND_NOW)" 1
	expect "cages are made" apparmor_parser -r /etc/apparmor.d/cages
	for cage in cage open-cage; do
		equal "a caller in the $cage stays there" \
			"$(as alice aa-exec -p $cage -- berth-run cat /proc/self/attr/apparmor/current)" \
			"$cage (enforce)"
		refute "and may no more by berth-run" \
			as alice aa-exec -p $cage -- berth-run cat /etc/hostname
		expect "as the kernel says" said DENIED $cage /etc/hostname
	done
	nothing_denied "by that, but to the cages"
}
