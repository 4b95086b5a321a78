#!/bin/sh
# Functions for scenarios about bridges of the host, sourced after lab.sh: berth-net refuses such a
# bridge, or accepts it, and in both cases the bridge is afterwards as it was found.

settings_of() { # settings_of BRIDGE: prints its links, addresses, routes and kernel settings
	# Without timers, and without link-local addresses, which the kernel adds only after a moment.
	{
		ip -d link show "$1"
		ip -d link show master "$1"
	} | sed 's/ [a-z_]*_timer *[0-9.]*//g; s/ topology_change_detected [01]//'
	bridge -d link show | grep "master $1"
	ip addr show "$1" | grep -v 'fe80\|_lft'
	ip -4 route show table all dev "$1"
	# If the bridge has no carrier, the kernel adds the multicast route with the first address.
	ip -6 route show table all dev "$1" | grep -v 'fe80\|^multicast ff00::/8 '
	grep -rs . "/proc/sys/net/ipv4/conf/$1" "/proc/sys/net/ipv6/conf/$1" \
		/proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
}
state_of() { # state_of BRIDGE: prints the same, and the state of the host
	{
		lab_state
		settings_of "$1"
	} | sed 's/ fe80[^ ]*//; s/ state [A-Za-z]*//; s/  *\(UP\|DOWN\)  */ /
		s/NO-CARRIER,//; s/,LOWER_UP//'
}

# refused WHY WHAT: each subcommand refuses the bridge before it changes anything
refused() {
	lab_before=$(state_of br0)
	for lab_verb in check plan start reload restart; do
		equal "$2: $lab_verb changes nothing and exits 1" \
			"$("$BERTH_NET" $lab_verb 2>/run/refusal; echo $?)" 1
		expect "$2: $lab_verb says why" grep -q "LXC_BRIDGE: br0 connects .*$1" /run/refusal
		for lab_way in 'USE_LXC_BRIDGE="false"' 'choose another' lxc-usernet; do
			expect "$2: $lab_verb names the alternatives" grep -q -- "$lab_way" /run/refusal
		done
	done
	equal "$2: run refuses the bridge" "$(timeout 10 "$BERTH_NET" run >/dev/null 2>&1; echo $?)" 1
	expect "$2: stop succeeds" "$BERTH_NET" stop
	equal "$2: the bridge and the host are unchanged" "$(state_of br0)" "$lab_before"
}
# accepted ADDRESS WHAT: the network starts and stops, and the bridge keeps what it had.
accepted() {
	lab_before=$(state_of br0)
	expect "$2: check succeeds" "$BERTH_NET" check
	expect "$2: start succeeds" "$BERTH_NET" start
	expect "$2: the plan is empty after start" "$BERTH_NET" plan
	[ ! -e /run/netns/web ] || expect "$2: the container gets a lease" lab_lease web
	[ -z "$1" ] ||
		expect "$2: the bridge keeps its own address after start" has_address "$1"
	expect "$2: stop succeeds" "$BERTH_NET" stop
	[ -z "$1" ] ||
		expect "$2: the bridge keeps its own address after stop" has_address "$1"
	equal "$2: stop restores the bridge and the host" "$(state_of br0)" "$lab_before"
}
# interface ADDRESS: prints the beginning of an interfaces(5) stanza for br0.
interface() {
	if [ -z "$1" ]; then
		echo 'iface br0 inet manual'
	else
		echo 'iface br0 inet static'
		echo "	address ${1%/*}"
		echo '	netmask 255.255.255.0'
	fi
}
# by_iproute2 PORT: prints the lines of the stanza that create br0 with that port.
by_iproute2() {
	echo '	pre-up ip link add br0 type bridge'
	echo "	pre-up ip link set $1 master br0"
	echo "	pre-up ip link set $1 up"
	echo '	up ip link set br0 up'
	echo '	post-down ip link del br0'
}
has_address() { ip -4 -o addr show br0 | grep -q " $1 "; }

# new_port KIND: creates lan0. Fails if the kernel lacks that kind.
new_port() {
	case $1 in
	macvlan) ip link add lan0 link up0 type macvlan mode bridge ;;
	vlan) ip link add lan0 link up0 type vlan id 5 ;;
	vxlan) ip link add lan0 type vxlan id 5 dstport 4789 dev up0 ;;
	tap) ip tuntap add lan0 mode tap ;;
	veth)
		ip netns add web
		ip link add lan0 type veth peer name eth0 netns web
		ip -n web link set lo up
		ip -n web link set eth0 up
		;;
	*) ip link add lan0 type "$1" ;;
	esac 2>/dev/null
}
# play_bridges WHO: the scenario defines `make_bridge PORT ADDRESS` and `remove_bridge`. make_bridge
# creates br0 as WHO does, and succeeds once the port and the address exist. Either may be empty.
play_bridges() {
	lab_outside
	echo 'LXC_BRIDGE=br0' | lab_settings
	for lab_address in "" 192.0.2.40/24 10.0.3.1/24; do
		for lab_kind in macvlan vlan bond vxlan veth tap dummy ifb; do
			new_port $lab_kind || continue
			lab_how="$1, a $lab_kind port, ${lab_address:-no address}"
			expect "$lab_how: making the bridge succeeds" make_bridge lan0 "$lab_address"
			expect "$lab_how: the bridge has its port" [ -e /sys/class/net/br0/brif/lan0 ]
			# Many more would fail.
			# shellcheck disable=SC2154 # lab.sh sets it
			[ "$lab_failed" = 0 ] || return
			case $lab_kind in
			macvlan | vlan | bond | vxlan) refused lan0 "$lab_how" ;;
			*) accepted "$lab_address" "$lab_how" ;;
			esac
			expect "$lab_how: removing the bridge succeeds" remove_bridge
			ip link del lan0
			[ "$lab_kind" != veth ] || ip netns del web
		done
	done
}
