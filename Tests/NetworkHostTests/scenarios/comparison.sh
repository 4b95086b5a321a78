# The same settings through lxc-net's script and through berth-net, seen from the kernel, from a
# container and from outside. What is known to differ: the script of LXC 5 has another default for the
# bridge's address and none for IPv6, so these are always set here.
[ -x /usr/libexec/lxc/lxc-net ] || exit 77
lab_outside
lab_echo outside tcp 7000
echo '. /etc/default/lxc-net' >/etc/default/lxc
mkdir -p /etc/lxc
echo 'dhcp-option=option:ntp-server,192.0.2.9' >/etc/lxc/dnsmasq.conf

cat >/run/told.sh <<'END'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip -4 addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "$ip" >/run/lease.web
echo "mask $mask router $router dns $dns domain $domain lease $lease ntp $ntpsrv"
END
chmod +x /run/told.sh

seen() { # seen PROGRAM BRIDGE GATEWAY: what there is and what a container gets
	"$1" start >/dev/null 2>&1
	echo "start: $?"
	ip -br link show "$2" | awk '{ print $1, $3 }'
	ip -4 addr show "$2" | awk '/inet /{ print $2, $3, $4 }'
	ip -6 addr show "$2" scope global | awk '/inet6/{ print $2 }'
	cat /proc/sys/net/ipv4/ip_forward "/proc/sys/net/ipv6/conf/$2/accept_dad"
	lab_container web "$2"
	ip netns exec web busybox udhcpc -i eth0 -n -q -t 10 -T 1 -s /run/told.sh -O ntpsrv -O lease \
		-x hostname:web 2>/dev/null
	lab_web=$(cat /run/lease.web)
	case "$lab_web" in 10.0.3.[5-9][0-9] | 10.0.3.1?? | 10.7.7.[5-9][0-9] | 10.7.7.1??) echo "in range" ;; esac
	resolves web web "$3" "$lab_web" && echo "web resolves"
	if grep -q LXC_DOMAIN /etc/default/lxc-net; then
		resolves web web.lan "$3" "$lab_web" && echo "web.lan resolves"
	fi
	echo "outside sees $(asks web tcp 192.0.2.2 7000)"
	if [ -n "$4" ]; then reaches6 web 2001:db8::2 >/dev/null 2>&1 && echo "IPv6 reaches the world"; fi
	"$1" stop >/dev/null 2>&1
	echo "stop: $?"
	ip link del vweb
	ip netns del web
	ip link del "$2" 2>/dev/null
	rm -f /var/lib/misc/dnsmasq.*
	ip -br link | grep "$2"
	nft list ruleset | grep "$2"
	pidof dnsmasq >/dev/null && lab_state | grep /dnsmasq
	[ ! -e /run/lxc/network_up ] || echo "network_up is left"
}
compare() { # compare BRIDGE GATEWAY IPV6 SETTINGS…: through both
	lab_bridge=$1
	lab_gateway=$2
	lab_six=$3
	shift 3
	printf '%s\n' 'LXC_BRIDGE_MAC="02:00:00:00:00:01"' 'LXC_DHCP_RANGE="10.0.3.50,10.0.3.199"' \
		'LXC_DHCP_PING="false"' "$@" | lab_settings
	[ -n "$lab_six" ] || printf 'LXC_IPV6_ADDR=""\n' >>/etc/default/lxc-net
	lab_stock=$(seen /usr/libexec/lxc/lxc-net "$lab_bridge" "$lab_gateway" "$lab_six")
	lab_ours=$(seen "$BERTH_NET" "$lab_bridge" "$lab_gateway" "$lab_six")
	equal "$*" "$lab_ours" "$lab_stock"
	case "$lab_ours" in *"start: 0"*"mask "*"outside sees 192.0.2.1"*) ;; *) equal "$* works" "$lab_ours" "" ;; esac
}
compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_PING="true"'
compare lxcbr0 10.0.3.1 "" 'LXC_DOMAIN="lan"'
compare lxcbr0 10.0.3.1 "" 'LXC_USE_NFT="false"'
compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_RANGE="10.0.3.60,10.0.3.70,2h"' 'LXC_DHCP_MAX="5"'
compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf'
compare br9 10.0.3.1 "" 'LXC_BRIDGE="br9"'
compare lxcbr0 10.7.7.1 "" 'LXC_ADDR="10.7.7.1"' 'LXC_NETMASK="255.255.0.0"' \
	'LXC_NETWORK="10.7.0.0/16"' 'LXC_DHCP_RANGE="10.7.7.50,10.7.7.150"'
# The rules of LXC 5's script for nft leave IPv6's addresses as they are; with iptables both translate.
compare lxcbr0 10.0.3.1 six 'LXC_IPV6_ADDR="fd42:1::1"' 'LXC_IPV6_MASK="64"' \
	'LXC_IPV6_NETWORK="fd42:1::/64"' 'LXC_IPV6_NAT="true"' 'LXC_USE_NFT="false"'
