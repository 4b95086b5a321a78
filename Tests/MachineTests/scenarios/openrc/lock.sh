# A user with a delegated cgroup keeps 20 helpers running, and stops, freezes, delays or starves
# those that hold the lock of the ledger. Another user still gets a NIC: at once, or, if the helpers
# are starved, after root runs the command that the error message names.
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

# is_delayed: whether the helper of alice that holds the lock waits because of memory.high.
is_delayed() {
	local process
	process=$(awk '$1 != "->" && $2 == "POSIX" && $4 == "WRITE" && $8 == "EOF" { print $5 }' \
		/proc/locks)
	[[ $process ]] && [ "$(stat -c %U "/proc/$process/task" 2>/dev/null)" != bob ] \
		&& [ "$(cat "/proc/$process/wchan" 2>/dev/null)" = mem_cgroup_handle_over_high ]
}

after_boot() {
	local way alices bobs number begin said
	alices=$(namespace_of alice)
	bobs=$(namespace_of bob)
	expect "bob gets a NIC" bobs_turn
	for way in stop freeze delay starve; do
		rm -f /tmp/held
		as alice berth-run /machine/hold-lock $way $nic "$alices" /tmp/held >/run/attack 2>&1 &
		case $way in
			delay) expect "$way: a helper that holds the lock is delayed" eventually is_delayed ;;
			*) expect "$way: a helper that holds the lock is blocked" \
				eventually [ -s /tmp/held ] ;;
		esac
		for number in 1 2 3; do
			begin=$(date +%s%N)
			expect "$way: bob gets NIC $number" bobs_turn
			said=$(head -n 1 /run/said | cut -c 1-160)
			echo "$way: $((($(date +%s%N) - begin) / 1000000)) ms, $said"
			[ $way = starve ] || equal "$way: bob gets NIC $number at once" "$said" 'at once'
		done
		expect "$way: alice's helpers run" eventually pgrep -U alice -x berth-nic
		berth-cgroup gc --kill alice >/dev/null 2>&1
		expect "$way: alice's helpers end" \
			eventually holds '! pgrep -U alice -x berth-nic >/dev/null'
		eventually holds '! ls -d /sys/fs/cgroup/berth/u1000/run-* >/dev/null 2>&1'
	done
}
