# LXC_UPLINK with a VLAN: berth-net creates the interface, and deletes it. The NIC below keeps its
# addresses, or is set up while it is needed. The kernel of a test host may lack VLANs;
# NetworkHostTests covers the rest.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q delete berth-net default
}

state() {
	ip -d link show dev eth1 | sed 's/^[0-9]*: //'
	ip address show dev eth1 | grep inet
	ip route
	(cd /proc/sys/net/ipv6/conf/eth1 && cat accept_ra autoconf disable_ipv6)
	ls /sys/class/net /proc/sys/net/ipv6/conf
	nft -s list ruleset
}
uplink() {
	printf '%s\n' 'LXC_BRIDGE="lan0"' "$@" >/etc/lxc/net.d/lan.conf
}
# reaches NAMESPACE ADDRESS [TRIES]
reaches() {
	ip netns exec "$1" ping -q -c "${3:-10}" -i 0.3 -W 3 "$2" >/dev/null
}
# refused PATTERN: check names the file, the line, the variable and the reason.
refused() {
	berth-net check >/tmp/said 2>&1
	equal "check refuses: $1" $? 1
	expect "check says why: $1" grep -q "lan.conf:2: LXC_UPLINK: .*$1" /tmp/said
	refute "start refuses: $1" berth-net start
}
# The link-local address appears a moment after the carrier.
settled() {
	ip -6 address show dev eth1 | grep -q fe80 && ! ip -6 address show tentative | grep -q .
}

after_boot() {
	local before
	echo 'USE_LXC_BRIDGE="false"' >/etc/default/lxc-net
	mkdir -p /etc/lxc/net.d
	ip netns add lan
	ip link add eth1 type veth peer name port netns lan
	ip -n lan link set port up
	ip -n lan address add 192.0.2.1/24 dev port
	ip -n lan link add link port name tagged type vlan id 100
	ip -n lan link set tagged up
	ip -n lan address add 192.168.7.1/24 dev tagged
	ip link set eth1 up
	ip link set eth1 down

	# Interfaces that berth-net did not create.
	uplink 'LXC_UPLINK="eth1.100"'
	ip link add link eth1 name eth1.100 type vlan id 100
	refused 'eth1.100 exists, and berth-net did not create it'
	ip link delete eth1.100
	ip link add link eth1 name other type vlan id 100
	refused 'other already is the interface for VLAN 100 of eth1'
	ip link delete other

	# The NIC is down.
	before=$(state)
	expect "start succeeds" berth-net start
	expect "the plan is empty" berth-net plan
	expect "the VLAN is a port of the bridge" holds \
		'ip link show dev eth1.100 | grep -q "master lan0 "'
	expect "the port is an interface for the VLAN" holds \
		'ip -d link show dev eth1.100 | grep -q "vlan protocol 802.1Q id 100 "'
	equal "the host does not configure itself from the LAN" \
		"$(cd /proc/sys/net/ipv6/conf && cat eth1/accept_ra eth1/autoconf eth1.100/disable_ipv6)" \
		$'0\n0\n1'
	ip netns add web
	ip link add vweb type veth peer name eth0 netns web
	ip link set vweb master lan0 up
	ip -n web link set eth0 up
	ip -n web address add 192.168.7.9/24 dev eth0
	expect "a container reaches the hosts of the VLAN" reaches web 192.168.7.1
	expect "status names the VLAN" holds \
		'berth-net status | grep -q "uplink: eth1.100, VLAN 100 of eth1, link is up"'
	# Another program removes it, and sets the NIC down.
	ip link delete eth1.100
	expect "start creates the VLAN again" berth-net start
	expect "the container reaches the VLAN again" reaches web 192.168.7.1
	ip link set eth1 down
	expect "start sets the NIC up again" berth-net start
	expect "the container reaches the VLAN after the NIC was down" reaches web 192.168.7.1
	ip netns delete web
	ip link delete vweb 2>/dev/null
	expect "stop succeeds" berth-net stop
	equal "the host is as before" "$(state)" "$before"

	# The NIC has an address, which keeps working.
	ip link set eth1 up
	ip address add 192.0.2.2/24 dev eth1
	eventually settled
	before=$(state)
	expect "start succeeds with a NIC that has an address" berth-net start
	expect "the plan is empty with a NIC that has an address" berth-net plan
	expect "the address of the NIC works" ping -q -c 10 -i 0.3 -W 3 192.0.2.1
	expect "stop succeeds with a NIC that has an address" berth-net stop
	equal "the NIC with an address is as before" "$(state)" "$before"
	uplink 'LXC_UPLINK="eth1"'
	refused 'eth1 has the address 192.0.2.2/24'

	# From a VLAN to the NIC itself.
	ip address delete 192.0.2.2/24 dev eth1
	uplink 'LXC_UPLINK="eth1.100"'
	expect "start succeeds with the VLAN" berth-net start
	uplink 'LXC_UPLINK="eth1"'
	expect "reload replaces the VLAN with its NIC" berth-net reload
	expect "the plan is empty after the replacement" berth-net plan
	expect "the NIC is a port" holds 'ip link show dev eth1 | grep -q "master lan0"'
	refute "the interface for the VLAN is gone" [ -e /sys/class/net/eth1.100 ]
	expect "stop succeeds after the replacement" berth-net stop
}
