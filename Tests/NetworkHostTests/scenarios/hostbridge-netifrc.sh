# LXC_BRIDGE names a bridge of Gentoo's netifrc, which is in no package of Debian. These are the
# commands that its modules bridge and iproute2 run.
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
make_bridge() {
	ip link add br0 type bridge &&
		echo 1 >/proc/sys/net/ipv6/conf/lan0/disable_ipv6 &&
		ip link set dev lan0 up &&
		ip link set lan0 master br0 &&
		ip link set dev br0 promisc on &&
		ip link set dev br0 up || return
	[ -z "$2" ] || ip addr add "$2" broadcast + dev br0
}
remove_bridge() {
	ip link set dev br0 down &&
		ip link set dev lan0 promisc off &&
		ip link set lan0 nomaster &&
		ip link del br0
}
play_bridges netifrc
