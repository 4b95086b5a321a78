# LXC_BRIDGE names a bridge that an administrator created. If it connects the host to another
# network, berth-net refuses it, and never changes anything on it. It accepts a bridge of containers
# and virtual machines. The scenarios hostbridge-* use bridges that other programs create.
lab_outside
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
echo 'LXC_BRIDGE=br0' | lab_settings

for kind in macvlan vxlan; do
	for address in "" 192.0.2.40/24 10.0.3.1/24; do
		ip link add br0 type bridge
		case $kind in
		macvlan) ip link add lan0 link up0 type macvlan mode bridge ;;
		vxlan) ip link add lan0 type vxlan id 5 dstport 4789 dev up0 ;;
		esac
		ip link set lan0 master br0
		ip link set lan0 up
		ip link set br0 up
		[ -z "$address" ] || ip addr add "$address" dev br0
		refused lan0 "a $kind port, ${address:-no address}"
		ip link del br0
		ip link del lan0
	done
done

ip link add br0 type bridge
ip addr add 198.51.100.1/24 dev br0
ip -6 addr add 2001:db8:1::1/64 dev br0 nodad
ip link set br0 up
ip route add default via 198.51.100.9 metric 5000
refused "default route" "a default route"
ip route del default via 198.51.100.9
ip -6 route add default via 2001:db8:1::9 metric 5000
refused "IPv6 default route" "an IPv6 default route"
ip -6 route del default via 2001:db8:1::9
ip route add default metric 5000 nexthop via 198.51.100.9 nexthop via 192.0.2.2
refused "default route" "a default route of several next hops"
ip route del default metric 5000
ip route add default via 198.51.100.9 table 77
refused "default route" "a default route in another table"
ip route del default table 77
ip link del br0

# A bridge created by hand, with containers and virtual machines on it.
ip link add br0 type bridge
ip link set br0 up
ip addr add 10.5.5.1/24 dev br0
ip tuntap add vnet0 mode tap
ip link set vnet0 master br0
ip link add ifb7 type ifb
ip link set ifb7 master br0
ip link add dummy7 type dummy 2>/dev/null && ip link set dummy7 master br0
lab_container web br0
before=$(state_of br0)
expect "a bridge of containers is accepted" "$BERTH_NET" start
expect "a container on the bridge gets a lease" lab_lease web
expect "the container reaches the Internet" reaches4 web 192.0.2.2
expect "the plan is empty with the administrator's bridge" "$BERTH_NET" plan
expect "the bridge still has its own address" sh -c 'ip addr show br0 | grep -q "inet 10.5.5.1/24"'

# A port that is added later: reload is refused, the running network stays unchanged, and
# stop works.
ip link add lan0 link up0 type macvlan mode bridge
ip link set lan0 master br0
running=$(state_of br0)
refute "reload is refused once the bridge is connected to another network" "$BERTH_NET" reload
refute "check is refused once the bridge is connected to another network" "$BERTH_NET" check
equal "a refused reload changes nothing" "$(state_of br0)" "$running"
expect "stop succeeds" "$BERTH_NET" stop
ip link del lan0
equal "stop restores the state of the bridge" "$(state_of br0)" "$before"
ip link del vweb
ip link del br0
ip link del ifb7
ip link del vnet0

# For a bridge that berth-net created, it only warns.
echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
ip link add lan0 link up0 type macvlan mode bridge
ip link set lan0 master lxcbr0
for verb in check plan reload; do
	"$BERTH_NET" $verb >/dev/null 2>/run/warnings
	equal "$verb succeeds on berth-net's own bridge" "$?" 0
	expect "$verb warns about the port" grep -q 'warning: .*lxcbr0.*lan0' /run/warnings
done
ip link del lan0
equal "without the port, reload has nothing to do" "$("$BERTH_NET" reload 2>/dev/null)" ""
expect "stop succeeds" "$BERTH_NET" stop
# A bridge is not berth-net's merely because it has the same name.
expect "start succeeds" "$BERTH_NET" start
ip link del lxcbr0
ip link add lxcbr0 type bridge
ip link add lan0 link up0 type macvlan mode bridge
ip link set lan0 master lxcbr0
refute "another bridge of the same name is refused" "$BERTH_NET" reload
expect "stop succeeds" "$BERTH_NET" stop
expect "stop does not delete a bridge that another program created" ip link show lxcbr0
ip link del lan0
expect "stop succeeds once the bridge has no port" "$BERTH_NET" stop
expect "stop still does not delete a bridge that another program created" ip link show lxcbr0
