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
	# Audit rules, which log which program opens these files.
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
# Replaces the profile of berth-net ten times. The kernel ignores a profile that is the same.
replace_profile() {
	local number
	for number in $(seq 10); do
		echo "/run/number$number r," >/etc/apparmor.d/local/usr.sbin.berth-net
		apparmor_parser -r /etc/apparmor.d/usr.sbin.berth-net
	done
	touch /run/replaced
}
running() { as alice lxc-info -n "$1" -s -H | grep -q RUNNING; }

after_boot() {
	local process place cage pam port=8080
	all_in_force
	expect "berth-cgroup has mounted cgroup2 with favordynmods" \
		grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	nothing_denied "during boot"
	process=$(pgrep -P "$(pgrep -f '^supervise-daemon berth-net')" -x berth-net)
	equal "berth-net is in its profile" "$(confinement "$process")" "berth-net (enforce)"
	equal "dnsmasq is in its profile" \
		"$(confinement "$(dnsmasq_process)")" "berth-net//dnsmasq (enforce)"

	expect "alice creates a container" new_container alice web
	sed -i 's/^lxc.apparmor.profile.*/lxc.apparmor.profile = lxc-container-default-cgns/' \
		/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	session su alice 'berth-run lxc-start -n web -l info -o web.log || cat web.log' \
		>/run/started 2>&1
	equal "lxc-start prints nothing" "$(cat /run/started)" ""
	expect "the container is running" eventually running web
	process=$(as alice lxc-info -n web -p -H)
	equal "the container is in the profile that it configures" \
		"$(confinement "$process")" "lxc-container-default-cgns (enforce)"
	equal "the container's monitor is in Debian's profile for lxc-start" \
		"$(confinement "$(pgrep -u alice -f '^\[lxc monitor\]')")" "/usr/bin/lxc-start (enforce)"
	expect "berth-nic ran in its own profile" said AUDIT lxc-berth-nic /run/lxc/nics
	expect "berth-run ran in its own profile" said AUDIT berth-run /etc/lxc/lxc-usercgroup
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	expect "the container is in a cgroup of alice" \
		grep -q '^/berth/u1000/run-.*/lxc.payload.web$' <<<"$place"
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	nothing_denied "while the container starts"

	outside
	expect "the container has an address from DHCP" has_address alice web
	expect "the container resolves the host's name" \
		as alice berth-run lxc-attach -n web -- /bin/busybox nslookup openrc 10.0.3.1
	expect "the container reaches the outside host through NAT" \
		as alice berth-run lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded" rc-service berth-net reload
	expect "reload adds the port forward" \
		holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "berth-net can be restarted" rc-service berth-net restart
	replace_profile &
	while [ ! -e /run/replaced ]; do
		port=$((port + 1))
		sed -i "s/tcp:[0-9]*=/tcp:$port=/" /etc/default/lxc-net
		berth-net reload >/dev/null 2>>/run/refused
		nft list table inet berth_lxcbr0 | grep -qw "$port" \
			|| echo "port $port is not forwarded" >>/run/refused
	done
	equal "reloads succeed while the profile is replaced" \
		"$(grep -v ': warning: ' /run/refused)" ""
	wait
	kill -KILL "$(dnsmasq_process)"
	expect "berth-net restarts dnsmasq after SIGKILL" \
		eventually holds 'kill -0 "$(dnsmasq_process)"'
	expect "berth-net status succeeds" berth-net status
	nothing_denied "while the network is used"

	expect "alice creates a container with two NICs" new_container alice two
	printf 'lxc.net.1.%s\n' 'type = veth' 'link = lxcbr0' 'flags = up' \
		>>/home/alice/.local/share/lxc/two/config
	refute "a NIC beyond the quota is refused" \
		as alice lxc-start -n two -F -l info -o /home/alice/two.log
	expect "the log reports the exceeded quota" \
		grep -q 'user alice has 2 of 2 NICs on lxcbr0' /home/alice/two.log
	expect "berth-cgroup status lists the container" \
		holds 'berth-cgroup status | grep -q lxc.payload.web'
	echo 'alice cpu,io,memory,pids pids.max=300 memory.max=600M' >/etc/lxc/lxc-usercgroup
	expect "berth-cgroup reload succeeds" berth-cgroup reload
	equal "reload sets the new limit" "$(cat /sys/fs/cgroup/berth/u1000/pids.max)" 300
	expect "the container can be stopped" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "berth-cgroup gc succeeds" berth-cgroup gc
	expect "berth-net can be stopped" rc-service berth-net stop
	refute "stop removes the bridge" ip link show lxcbr0
	expect "berth-net can be started" rc-service berth-net start
	nothing_denied "while other commands run"

	# What the profiles do not allow.
	for profile in lxc-berth-nic berth-run berth-net berth-net//dnsmasq berth-net//firewall \
		berth-cgroup berth-pam; do
		expect "$profile cannot read password hashes" \
			denied $profile /etc/shadow 'read -r line </etc/shadow'
		expect "$profile cannot execute a shell" denied $profile /usr/bin/dash /usr/bin/dash
		expect "$profile cannot write accounts" denied $profile /etc/passwd 'echo >>/etc/passwd'
	done
	mkdir /root/dump
	echo core >/proc/sys/kernel/core_pattern
	pam=$(sed -n 's|.* \(/[^ ]*/berth-pam\) .*|\1|p' /etc/pam.d/berth-session)
	refute "berth-pam dumps no core" dumps "$pam"
	expect "the kernel logs the denial" said DENIED berth-pam /root/dump/core
	expect "the profile of berth-pam can be unloaded" \
		apparmor_parser -R /etc/apparmor.d/usr.libexec.berth.berth-pam
	expect "without the profile, the same program dumps core" dumps "$pam"
	echo 'LXC_DHCP_CONFILE=/root/dnsmasq.conf' >>/etc/default/lxc-net
	echo 'dhcp-lease-max=9' >/root/dnsmasq.conf
	refute "dnsmasq cannot read a file that its profile does not allow" \
		rc-service berth-net restart
	expect "the kernel logs the denial for dnsmasq" \
		said DENIED berth-net//dnsmasq /root/dnsmasq.conf
	echo '/root/dnsmasq.conf r,' \
		| tee /etc/apparmor.d/local/usr.sbin.berth-net{,.dnsmasq} >/dev/null
	expect "the profile loads with an added line" \
		apparmor_parser -r /etc/apparmor.d/usr.sbin.berth-net
	expect "with that line, dnsmasq reads the file" rc-service berth-net restart

	keep_log

	# berth-run neither adds to the confinement of its caller nor removes any of it.
	equal "an unconfined caller stays unconfined" \
		"$(as alice berth-run cat /proc/self/attr/apparmor/current)" unconfined
	equal "the environment of an unconfined caller is kept" \
		"$(as alice env LD_BIND_NOW=1 berth-run printenv LD_BIND_NOW)" 1
	expect "the profiles of the cages can be loaded" apparmor_parser -r /etc/apparmor.d/cages
	for cage in cage open-cage; do
		equal "a caller in $cage stays in it" \
			"$(as alice aa-exec -p $cage -- berth-run cat /proc/self/attr/apparmor/current)" \
			"$cage (enforce)"
		refute "berth-run gives a caller in $cage no more access" \
			as alice aa-exec -p $cage -- berth-run cat /etc/hostname
		expect "the kernel logs the denial" said DENIED $cage /etc/hostname
	done
	nothing_denied "while confined callers run berth-run"
}
