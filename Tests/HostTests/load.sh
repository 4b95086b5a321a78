# shellcheck shell=bash
# A stress test for lxc-host.sh, with berth-net, berth-run and berth-cgroup. Twice starts
# unprivileged containers of ten users, all at once, and kills them. Prints the state to standard
# output, and the time that each step took to standard error. EACH is the number of containers of
# each user.

home=${home:?} users=10 each=${EACH:?} count=$((10 * EACH))
PATH=/run/host/bin:/usr/sbin:/usr/bin:/sbin:/bin
tree=/sys/fs/cgroup/berth
case ${controller:?} in
	memory) limit=memory.max amount=67108864 ;;
	hugetlb) limit=hugetlb.2MB.max amount=4194304 ;;
	*) echo "no limit is known for $controller"; exit 77 ;;
esac

begin() { began=${EPOCHREALTIME/./}; }
lap() {
	local tenths=$(((${EPOCHREALTIME/./} - began) / 100000))
	printf '%s: %d.%d s\n' "$1" $((tenths / 10)) $((tenths % 10)) >&2
	begin
}
# eventually COMMAND…: repeats it until it succeeds, for ten minutes at most.
eventually() {
	local deadline=$((SECONDS + 600))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
}
# each_container COMMAND: runs COMMAND USER NAME HARDWARE-ADDRESS for each container.
each_container() {
	local user number
	for user in $(seq $users); do
		for number in $(seq "$each"); do
			"$1" "user$user" "c$user-$number" "$(printf '02:00:00:00:%02x:%02x' "$user" "$number")"
		done
	done
}

# The parts of the host's state, without counters.
links() { ip -j link; }
rules() { nft -j -s list ruleset; }
rows() { cat /run/lxc/nics 2>/dev/null; }
leaves() { find $tree -type d | sort; }
processes() {
	local process name
	for process in /proc/[0-9]*; do
		{ read -r name <"$process/comm"; } 2>/dev/null && echo "$process $name"
	done
}
parts='links rules rows leaves processes'
look() {
	local part
	mkdir -p "/run/$1"
	for part in $parts; do $part >"/run/$1/$part"; done
}
# Sets `left` to the parts that differ from those at the beginning. Uses no subshell: processes
# would list it.
compare() {
	local part
	look now
	left=
	for part in $parts; do cmp -s "/run/before/$part" "/run/now/$part" || left+=" $part"; done
}
as_before() { compare && [[ $left != *" $1"* ]]; }

ports() { ip -br link show master lxcbr0 | sed 's/@.*//' | sort; }
rows_of_ports() { ports | cmp -s - <(awk '{ print $4 }' /run/lxc/nics | sort); }
state() { as "$1" lxc-info -n "$2" -s -H; }
address() { as "$1" lxc-info -n "$2" -i -H | grep '^10\.0\.3\.'; }
have_addresses() { [ "$(each_container address | wc -l)" -ge $count ]; }
payloads() { find $tree -path '*/run-*/lxc.payload.*' -name "$1" -exec grep -lx "$2" {} +; }

# LXC's monitor must not inherit the descriptors of the locks.
try() { as "$1" berth-run lxc-start -n "$2" -l info -o "$2.log" 6<&- 7<&- 2>/dev/null; }
# lxc-start creates its monitor through a short-lived process. With a hundred others, this process
# may still be in the cgroup when the monitor enables controllers there, and the kernel then returns
# EBUSY. This is a bug of LXC: try again, as a user would.
start() {
	(
		flock -s 6
		local log=$home/$1/$2.log
		for _ in $(seq 100); do
			if try "$1" "$2"; then
				echo started
				break
			fi
			if ! grep -q -e 'Failed to setup cgroup limits' -e 'holds the lock of' "$log"; then
				grep ERROR "$log" >&2
				break
			fi
			echo "$2 is started again" >&2
			rm "$log"
		done
	) 6</run/door >>/run/started &
}
start_all() {
	: >/run/started
	# The processes wait for this lock until all of them exist.
	exec 7>/run/door
	flock 7
	begin
	each_container start
	lap "$count processes are started"
	flock -u 7
	exec 7>&-
	# Waits for all of them. dnsmasq is not a child of this shell.
	wait
	lap "$count containers are started"
	eventually have_addresses
	lap 'all have an address'
	echo "$1: $(wc -l </run/started) started," \
		"$(each_container state | grep -c RUNNING) running," \
		"$(each_container address | sort -u | wc -l) addresses," \
		"$(ports | wc -l) NICs$(rows_of_ports && echo ', each with its row,')" \
		"$(payloads cgroup.events 'populated 1' | cut -d/ -f7 | sort -u | wc -l) leaves," \
		"$(payloads "$limit" "$amount" | wc -l) limits"
}
# Kills LXC's monitors and all processes in the containers. The order does not matter: some
# processes end together with their init. A network namespace ends with its last process, and takes
# its NIC with it.
kill_all() {
	local process
	begin
	find $tree -name cgroup.procs -exec cat {} + >/run/processes
	while read -r process; do kill -KILL "$process" 2>/dev/null; done </run/processes
	eventually as_before processes
	lap 'all processes are gone'
	eventually as_before links
	lap 'all NICs are gone'
	echo "$1: still there:$left"
}

begin
# Otherwise dnsmasq pings an address for three seconds before it leases the address, and serves no
# other client in the meantime.
printf '%s\n' 'LXC_DHCP_PING="false"' >/etc/default/lxc-net
: >/etc/lxc/lxc-usernet
for user in $(seq $users); do
	add_user "user$user" $((5000 + user)) $((1000000 + user * 100000))
	# The quota is exactly used up, so that the test fails if a NIC that was removed still counts.
	echo "user$user veth lxcbr0 $each" >>/etc/lxc/lxc-usernet
	echo "user$user $controller" >>/etc/lxc/lxc-usercgroup
done
berth-cgroup setup >/dev/null
berth-net start >/dev/null
for user in $(seq $users); do new_container_of "user$user" "first$user"; done
copy() {
	local place=$home/$1/.local/share/lxc
	local first=first${1#user}
	cp -a "$place/$first" "$place/$2"
	sed -i "s/$first/$2/" "$place/$2/config"
	printf '%s\n' "lxc.net.0.hwaddr = $3" "lxc.cgroup2.$limit = $amount" >>"$place/$2/config"
}
each_container copy
look before
lap "$count containers are created"

start_all 'at once'
kill_all 'killed'
# Stale rows and empty cgroups do not prevent containers from starting.
start_all 'again'
kill_all 'killed again'

# The next NIC of any user removes all stale rows, and gc as root removes all empty cgroups.
as user1 berth-run lxc-start -n c1-1
echo "one more: $(ports | wc -l) NIC$(rows_of_ports && echo ', with its row')"
as user1 /usr/libexec/lxc/lxc-user-nic delete "$home/user1/.local/share/lxc" c1-1 \
	"/proc/$(as user1 lxc-info -n c1-1 -p -H)/ns/net" veth lxcbr0 "$(ports)" >/dev/null
as user1 lxc-stop -k -n c1-1
eventually as_before processes && eventually as_before links
berth-cgroup gc >/dev/null
compare
echo "at the end: still there:$left"
lap 'everything is removed'
