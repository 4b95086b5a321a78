# alice types LXC's commands in the shells that read /etc/profile.d. Each command runs in a cgroup
# of alice; commands in scripts do not.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	echo 'alice veth lxcbr0 4' >/etc/lxc/lxc-usernet
	echo 'alice cpu,io,memory,pids pids.max=200 memory.max=600M' >/etc/lxc/lxc-usercgroup
	ln -s /bin/busybox /usr/local/bin/ash
}

# place NAME: prints the container's cgroup.
place() {
	local process
	process=$(as alice lxc-info -n "$1" -p -H) && sed -n 's/^0:://p' "/proc/$process/cgroup"
}
running() { as alice lxc-info -n "$1" -s -H | grep -q RUNNING; }
stopped() { as alice lxc-info -n "$1" -s -H | grep -q STOPPED; }
# typed WHAT COMMANDS: runs them at a login of alice, where they print nothing.
typed() {
	session login alice "$2 || echo no" >/run/typed.said 2>&1
	equal "$1" "$(cat /run/typed.said)" ""
}
# limited WHAT NAME: the container runs in a cgroup of alice, with its limit.
limited() {
	local place
	expect "$1: $2 is running" eventually running "$2"
	place=$(place "$2")
	expect "$1: $2 is in a new cgroup of alice" \
		grep -qE "^/berth/u1000/run-[0-9a-z]{8}/lxc.payload.$2\$" <<<"$place"
	equal "$1: the memory limit of $2 is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
}
ended() {
	local name
	for name; do
		as alice lxc-stop -k -n "$name"
		expect "$name can be stopped" eventually stopped "$name"
	done
}

after_boot() {
	local shell name said
	for name in one two; do
		expect "alice creates the container $name" new_container alice $name
		printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
			>>/home/alice/.local/share/lxc/$name/config
	done
	for shell in /bin/bash /bin/sh /usr/local/bin/ash; do
		usermod -s $shell alice 2>/dev/null
		said=$(session login alice 'readlink /proc/$$/exe')
		equal "$shell is alice's login shell" \
			"$(basename "$said")" "$(basename "$(readlink -f $shell)")"
		typed "$shell: lxc-start" 'lxc-start -n one'
		limited "$shell: lxc-start" one
		equal "$shell: lxc-attach is in the container's cgroup" \
			"$(session login alice 'lxc-attach -n one -- cat /proc/self/cgroup')" 0::/.lxc
		ended one
		session login alice 'lxc-execute -n two -- /bin/busybox sleep 600 >/dev/null 2>&1 & sleep 1'
		expect "$shell: lxc-execute starts the container" eventually running two
		limited "$shell: lxc-execute" two
		ended two
		typed "$shell: lxc-autostart" lxc-autostart
		for name in one two; do limited "$shell: lxc-autostart" $name; done
		refute "$shell: the containers are in different cgroups" \
			holds '[ "$(dirname "$(place one)")" = "$(dirname "$(place two)")" ]'
		ended one two
	done

	usermod -s /bin/bash alice
	# Aliases are for interactive shells.
	session login alice 'echo "lxc-start -n one" >script; sh script' >/run/said 2>&1
	expect "a script can start the container" eventually running one
	refute "a container that a script starts has no cgroup of alice" grep -q berth <<<"$(place one)"
	ended one
	session su alice 'lxc-start -n one'
	expect "su -c can start the container" eventually running one
	refute "a container that su -c starts has no cgroup of alice" grep -q berth <<<"$(place one)"
	ended one
	session su alice '. /etc/profile.d/berth.sh; berth_lxc_autostart'
	limited "berth_lxc_autostart in a script" one
	limited "berth_lxc_autostart in a script" two
	ended one two
}
