# LXC_BRIDGE names a bridge that the ifup of BusyBox made, as on Alpine.
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
for lab_when in pre-up up down post-down; do mkdir -p /etc/network/if-$lab_when.d; done
make_bridge() {
	{
		if [ -z "$2" ]; then
			echo 'iface br0 inet manual'
		else
			echo 'iface br0 inet static'
			echo "	address ${2%/*}"
			echo '	netmask 255.255.255.0'
		fi
		echo '	pre-up ip link add br0 type bridge'
		echo "	pre-up ip link set $1 master br0"
		echo "	pre-up ip link set $1 up"
		echo '	up ip link set br0 up'
		echo '	post-down ip link del br0'
	} >/run/interfaces
	busybox ifup -i /run/interfaces br0
}
remove_bridge() { busybox ifdown -i /run/interfaces br0; }
play_bridges "BusyBox's ifup"
