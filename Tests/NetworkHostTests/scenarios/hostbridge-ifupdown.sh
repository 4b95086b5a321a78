# LXC_BRIDGE names a bridge that ifupdown created, with bridge-utils where that is installed.
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
command -v ifup >/dev/null || skip "there is no ifup: install ifupdown and bridge-utils"
mkdir -p /run/network
lab_tool="ifupdown with iproute2"
[ ! -e /etc/network/if-pre-up.d/bridge ] || lab_tool="ifupdown with bridge-utils"
make_bridge() {
	{
		interface "$2"
		if [ "$lab_tool" = "ifupdown with bridge-utils" ]; then
			echo "	bridge-ports $1"
			echo '	bridge-fd 0'
		else
			by_iproute2 "$1"
		fi
	} >/run/interfaces
	ifup -i /run/interfaces br0
}
remove_bridge() { ifdown -i /run/interfaces br0; }
play_bridges "$lab_tool"
