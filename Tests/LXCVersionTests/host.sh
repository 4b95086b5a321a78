#!/bin/bash
# Functions for scenarios: a user, an outside host, cgroups, and logs of containers.

# alice may have two NICs.
add_alice() {
	useradd -m -s /bin/bash alice
	# The root of a container must be able to search the home directory.
	chmod 711 /home/alice
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

# An outside host at 192.0.2.2, which has no route to containers.
outside_host() {
	ip netns add outside
	ip link add up0 type veth peer name eth0 netns outside
	ip address add 192.0.2.1/24 dev up0
	ip link set up0 up
	ip route add default via 192.0.2.2
	ip -n outside address add 192.0.2.2/24 dev eth0
	ip -n outside link set eth0 up
}

# shellcheck disable=SC2034,SC2154 # for scenarios, and of cgroup-tree.sh
# cgroups: grants alice a cgroup with a limit. Sets `limit`, and `value`, what the kernel shows for
# it. They are empty if no controller is free: berth-run then has nothing to limit.
cgroups() {
	local amount=
	limit='' value=''
	if tree_enter >/run/tree; then
		case $controller in
			memory) limit=memory.max amount=512M value=536870912 ;;
			hugetlb) limit=hugetlb.2MB.max amount=4M value=4194304 ;;
		esac
	else
		cat /run/tree
	fi
	if [ -z "$limit" ]; then
		echo 'without cgroups of users'
		return
	fi
	echo "alice $controller $limit=$amount" >/etc/lxc/lxc-usercgroup
	expect "the cgroups of users are created" berth-cgroup setup
}
# sound WHAT: berth doctor finds no problem for alice. Without cgroups, it would.
sound() { [ -z "$limit" ] || healthy "$1" alice; }

# eventually COMMAND…: retries the command for up to 30 seconds: nothing is emulated here.
eventually() {
	local deadline=$((SECONDS + 30))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.1
	done
}

init_of() { as alice lxc-info -n "$1" -p -H; }
cgroup_of() { sed -n 's/^0:://p' "/proc/$(init_of "$1")/cgroup"; }
no_nics() { ! ip -o link show master lxcbr0 | grep -q .; }

# explained WHAT ID NAME: alice's container does not start, and doctor finds in the log the message
# with this ID, and none that it does not know.
explained() {
	local log=/home/alice/$3.failed.log
	rm -f "$log"
	refute "$1: the container does not start" as alice lxc-start -n "$3" -l info -o "$log"
	berth doctor --log "$log" --json >/run/explained.json
	equal "$1: the message is explained" "$2" "$(python3 -c '
import json
messages = json.load(open("/run/explained.json"))["log"]["messages"]
print(*(m["id"] for m in messages if m["verdict"] in ("problem", "unknown")))')"
}
