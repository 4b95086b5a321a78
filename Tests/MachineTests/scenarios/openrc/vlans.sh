# Access VLANs and rates of lxc-usernet on a VLAN-aware bridge of berth-net, by real traffic. NICs
# are created in the same way as by lxc-start, for processes in namespaces of their users.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	printf '%s\n' 'LXC_VLAN_AWARE="true"' 'LXC_IPV6_ENABLE="false"' >>/etc/default/lxc-net
}

# guest USER NAME LINE: starts a process in namespaces of the user, with a NIC that is charged to
# the line, and sets $process and $nic.
guest() {
	local user=$1 name=$2 answer
	as "$user" unshare -Urn sh -c 'echo $$ >"$0"; exec sleep infinity' "/tmp/$name" &
	eventually [ -s "/tmp/$name" ]
	process=$(cat "/tmp/$name")
	echo "$3" >/etc/lxc/lxc-usernet
	answer=$(as "$user" /usr/libexec/lxc/lxc-user-nic create /p "$name" "$process" veth lxcbr0) \
		|| return 1
	nic=$(cut -d: -f3 <<<"$answer")
}
# address PROCESS ADDRESS
address() {
	nsenter -t "$1" -n ip link set lo up
	nsenter -t "$1" -n ip address add "$2/24" dev eth0
	nsenter -t "$1" -n ip link set eth0 up
}
# reaches PROCESS ADDRESS [TRIES]
reaches() {
	nsenter -t "$1" -n ping -q -c "${3:-10}" -i 0.3 -W 3 "$2" >/dev/null
}
# vlans NIC: its VLANs, in one line.
vlans() {
	bridge vlan show dev "$1" | tail -n +2 | tr -s ' \t' ' ' | sed "s/^$1 //;s/^ //;s/ *$//"
}
filtering() { ip -d link show lxcbr0 | grep -o 'vlan_filtering [01]'; }

after_boot() {
	local a b c d nic process lines said
	equal "the bridge is VLAN-aware" "$(filtering)" 'vlan_filtering 1'
	expect "the plan is empty with VLANs" berth-net plan

	# Two containers in VLAN 20, one of them with a locked port; one in VLAN 30; one without a VLAN.
	lines='alice veth lxcbr0 2 vlan=20'
	guest alice a "$lines"
	a=$process
	equal "the port of a container in VLAN 20 is an access port" \
		"$(vlans "$nic")" '20 PVID Egress Untagged'
	guest bob b 'bob veth lxcbr0 1 vlan=20 macfilter isolated'
	b=$process
	equal "a locked port of a container in VLAN 20 is an access port" \
		"$(vlans "$nic")" '20 PVID Egress Untagged'
	expect "the static entry of a locked port is in the VLAN" \
		holds "bridge fdb show dev $nic | grep -q ' vlan 20 .*static'"
	guest alice c 'alice veth lxcbr0 9 vlan=30'
	c=$process
	guest alice d 'alice veth lxcbr0 9'
	d=$process
	equal "a port without the option is in the default VLAN" "$(vlans "$nic")" \
		'1 PVID Egress Untagged'
	address "$a" 10.0.3.2
	address "$b" 10.0.3.3
	address "$c" 10.0.3.4
	address "$d" 10.0.3.5
	expect "containers of one VLAN reach each other" reaches "$a" 10.0.3.3
	expect "containers of one VLAN reach each other in the other direction" reaches "$b" 10.0.3.2
	expect "a container without a VLAN reaches the host" reaches "$d" 10.0.3.1
	refute "a container in a VLAN does not reach the host" reaches "$a" 10.0.3.1 3
	refute "containers of different VLANs do not reach each other" reaches "$a" 10.0.3.4 3
	refute "a container without a VLAN does not reach a container in a VLAN" reaches "$d" 10.0.3.2 3

	# Tagged frames: 802.1Q tags of the neighbor's VLAN and of the default VLAN, and an 802.1ad
	# tag of the neighbor's VLAN.
	for said in 'type vlan id 20' 'type vlan id 1' 'type vlan proto 802.1ad id 20'; do
		# shellcheck disable=SC2086 # words
		nsenter -t "$c" -n ip link add link eth0 name tagged $said
		nsenter -t "$c" -n ip address add 10.0.3.4/24 dev tagged
		nsenter -t "$c" -n ip address flush dev eth0
		nsenter -t "$c" -n ip link set tagged up
		refute "tagged frames stay in VLAN 30 ($said: .2)" reaches "$c" 10.0.3.2 3
		refute "tagged frames stay in VLAN 30 ($said: .1)" reaches "$c" 10.0.3.1 3
		nsenter -t "$c" -n ip link delete tagged
		address "$c" 10.0.3.4
	done

	# The setting is removed: the VLANs of running containers must not become one.
	sed -i '/LXC_VLAN_AWARE/d' /etc/default/lxc-net
	expect "berth-net can be reloaded" rc-service berth-net reload
	equal "the bridge stays VLAN-aware while ports have VLANs" "$(filtering)" 'vlan_filtering 1'
	expect "the plan is empty while the bridge stays VLAN-aware" berth-net plan
	kill "$a" "$b" "$c"
	expect "the bridge is no longer VLAN-aware once no port has a VLAN" \
		eventually holds '[ "$(filtering)" = "vlan_filtering 0" ]'
	expect "a line with vlan is refused without LXC_VLAN_AWARE" refused 'ignores VLANs'
	echo 'LXC_VLAN_AWARE="true"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded again" rc-service berth-net reload
	equal "the bridge is VLAN-aware again" "$(filtering)" 'vlan_filtering 1'
	expect "the container on the bridge keeps its connection" reaches "$d" 10.0.3.1
	# A bridge that is not berth-net's own gets its value back.
	rc-service berth-net stop
	kill "$d"
	eventually holds '! ip link show type veth | grep -q veth'
	ip link delete lxcbr0 2>/dev/null
	ip link add lxcbr0 type bridge
	ip link set lxcbr0 up
	expect "berth-net starts on a bridge of the administrator" rc-service berth-net start
	equal "berth-net makes the administrator's bridge VLAN-aware" "$(filtering)" 'vlan_filtering 1'
	expect "berth-net stops" rc-service berth-net stop
	equal "the value of the administrator's bridge is restored" "$(filtering)" 'vlan_filtering 0'
	rc-service berth-net start
	rates
}

# refused WORDS: whether a NIC with the option vlan is refused with these words.
refused() {
	refusal alice 'alice veth lxcbr0 9 vlan=20' "$1"
}
# refusal USER LINE WORDS: whether the line gives no NIC, and the message has these words.
refusal() {
	local before
	before=$(ip -o link show type veth | wc -l)
	rm -f /tmp/refused
	! guest "$1" refused "$2" 2>/run/refusal
	kill "$(cat /tmp/refused)" 2>/dev/null
	grep -q "$3" /run/refusal && [ "$(ip -o link show type veth | wc -l)" = "$before" ]
}

# moved SENDER RECEIVER ADDRESS: prints how many bytes the network namespace of one process
# receives from that of another in six seconds, by TCP.
moved() {
	nsenter -t "$2" -n /machine/transfer receive 7000 6 >/run/moved &
	sleep 2
	nsenter -t "$1" -n timeout 60 /machine/transfer send "$3" 7000
	wait $!
	cat /run/moved
}

rates() {
	local limited free down up
	guest bob limited 'bob veth lxcbr0 1 rate=8M/4M'
	limited=$process
	expect "the limit to the container is set" \
		holds "tc qdisc show dev $nic | grep -q 'tbf .*rate 8Mbit'"
	expect "the limit from the container is set" \
		holds "tc filter show dev $nic ingress | grep -q 'police .*rate 4Mbit'"
	guest alice free 'alice veth lxcbr0 9'
	free=$process
	address "$limited" 10.0.3.2
	address "$free" 10.0.3.3
	# In 6 s, 6 MB and 3 MB, and what buckets and queues hold.
	down=$(moved "$free" "$limited" 10.0.3.2)
	expect "the container receives about 8 Mbit/s ($down bytes)" \
		holds "[ $down -gt 2500000 ] && [ $down -lt 7500000 ]"
	up=$(moved "$limited" "$free" 10.0.3.3)
	expect "the container sends about 4 Mbit/s ($up bytes)" \
		holds "[ $up -gt 700000 ] && [ $up -lt 4000000 ]"
	kill "$limited"
	guest bob unlimited 'bob veth lxcbr0 9'
	address "$process" 10.0.3.2
	up=$(moved "$process" "$free" 10.0.3.3)
	expect "a container without a limit sends more ($up bytes)" holds "[ $up -gt 8000000 ]"

	# A kernel without the modules that rate limits need.
	for module in act_police cls_matchall sch_ingress sch_tbf; do
		eventually modprobe -r "$module"
		echo "install $module /bin/false" >/etc/modprobe.d/missing.conf
		expect "without $module, the line is refused" \
			refusal alice 'alice veth lxcbr0 9 rate=8M/4M' "this kernel lacks .*$module"
		rm /etc/modprobe.d/missing.conf
	done
	kill "$process" "$free"
}
