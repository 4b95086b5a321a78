# LXC_BRIDGE names a bridge that the ifup of BusyBox created, as on Alpine.
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
for lab_when in pre-up up down post-down; do mkdir -p /etc/network/if-$lab_when.d; done
make_bridge() {
	{
		interface "$2"
		by_iproute2 "$1"
	} >/run/interfaces
	busybox ifup -i /run/interfaces br0
}
remove_bridge() { busybox ifdown -i /run/interfaces br0; }
play_bridges "BusyBox's ifup"
