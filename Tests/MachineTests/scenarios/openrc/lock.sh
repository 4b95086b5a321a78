# A user with a delegated cgroup keeps 20 helpers running, and stops, freezes or starves those that
# hold the lock of the ledger. Another user still gets a NIC, either at once or after root runs the
# command that the error message names.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	printf '%s\n' 'alice veth lxcbr0 3' 'bob veth lxcbr0 50' >/etc/lxc/lxc-usernet
	printf '%s\n' 'alice *' >/etc/lxc/lxc-usercgroup
}

nic=/usr/libexec/berth/berth-nic
# namespace_of USER: starts a process in namespaces of the user, and prints its number.
namespace_of() {
	as "$1" unshare -Urn sleep 3600 >/dev/null 2>&1 &
	eventually pgrep -u "$1" -x sleep >/dev/null
	sleep 1
	pgrep -n -u "$1" -x sleep
}
# bobs_turn: creates a NIC of bob. If that fails, runs the command that the error names, and tries
# again.
bobs_turn() {
	local said command
	if said=$(as bob $nic create /p n "$bobs" veth lxcbr0 2>&1); then
		echo 'at once'
		return
	fi
	command=$(sed -n 's/.*as root, run "\(.*\)"$/\1/p' <<<"$said")
	echo "$said"
	[ "$command" = 'pkill -KILL -U 1000 -x berth-nic' ] || return
	$command
	as bob $nic create /p n "$bobs" veth lxcbr0
}

after_boot() {
	local way alices bobs number
	alices=$(namespace_of alice)
	bobs=$(namespace_of bob)
	expect "bob gets a NIC" bobs_turn
	for way in stop freeze starve; do
		rm -f /tmp/held
		as alice berth-run /machine/hold-lock $way $nic "$alices" /tmp/held >/run/attack 2>&1 &
		case $way in
			stop | freeze) expect "$way: a helper is hindered" eventually [ -s /tmp/held ] ;;
			*) sleep 15 ;;
		esac
		for number in 1 2 3; do
			expect "$way: bob gets a NIC, $number" bobs_turn
			echo "$way: $(head -n 1 /run/said | cut -c 1-160)"
		done
		expect "$way: alice's helpers run" pgrep -U alice -x berth-nic
		berth-cgroup gc --kill alice >/dev/null 2>&1
		expect "$way: alice's helpers end" \
			eventually holds '! pgrep -U alice -x berth-nic >/dev/null'
		eventually holds '! ls -d /sys/fs/cgroup/berth/u1000/run-* >/dev/null 2>&1'
	done
}
