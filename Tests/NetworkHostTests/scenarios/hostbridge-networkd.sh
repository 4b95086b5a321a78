# LXC_BRIDGE names a bridge that systemd-networkd made.
# shellcheck source=Tests/NetworkHostTests/bridges.sh
. "$LAB/bridges.sh"
networkd=/usr/lib/systemd/systemd-networkd
[ -x "$networkd" ] || skip "there is no $networkd: install systemd"
is_up() { ip link show up "$1" 2>/dev/null | grep -q .; }
make_bridge() {
	rm -rf /etc/systemd/network
	mkdir -p /etc/systemd/network /run/systemd/netif
	chown systemd-network /run/systemd/netif
	printf '[NetDev]\nName=br0\nKind=bridge\n' >/etc/systemd/network/br0.netdev
	printf '[Match]\nName=%s\n[Network]\nBridge=br0\n' "$1" >/etc/systemd/network/port.network
	# No address of its own by DHCP or router advertisements.
	printf '[Match]\nName=br0\n[Network]\nConfigureWithoutCarrier=yes\nIPv6AcceptRA=no\n%s\n' \
		"${2:+Address=$2}" >/etc/systemd/network/br0.network
	# Where /sys is read-only, it does not wait for udev.
	unshare -m sh -c "mount -o remount,bind,ro /sys && exec $networkd" >/run/networkd.log 2>&1 &
	networkd_process=$!
	lab_servers="$lab_servers $networkd_process"
	for _ in $(seq 600); do
		! is_up br0 || ! is_up "$1" || [ ! -e "/sys/class/net/br0/brif/$1" ] ||
			{ [ -n "$2" ] && ! has_address "$2"; } || return 0
		sleep 0.05
	done
	cat /run/networkd.log
	return 1
}
remove_bridge() {
	kill "$networkd_process"
	wait "$networkd_process"
	ip link del br0
}
play_bridges systemd-networkd
