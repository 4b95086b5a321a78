# Changes to lxc-net's script after LXC 5: a different hardware address, IPv6 enabled by default,
# and a prefix derived from the machine's identity. The script of LXC's main branch (pull requests
# 4495, 4521 and 4693) ran on this host once. Its results are recorded here as observed, and
# comments mark where berth-net differs.
. "$LAB/sidebyside.sh"
ip -n outside -6 route add fd00::/8 via 2001:db8::1
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
# `echo LXC_IPV6_PREFIX; cat /etc/machine-id`, hashed.
prefix=fd93:8934:3f4e:855b
newer() { # newer GATEWAY6 SETTINGS…
	side_gateway6=$1
	shift
	printf '%s\n' 'LXC_DHCP_PING="false"' "$@" | lab_settings
	{
		side_seen "$BERTH_NET" lxcbr0 10.0.3.1 "$side_gateway6"
		side_left "$BERTH_NET" lxcbr0
	} >/run/side.ours 2>&1
	side_both "start: 0" "link bridge 10:66:6a:00:00:00 1500 up" "address 10.0.3.1/24 10.0.3.255" \
		"outside sees 192.0.2.1" "stop: 0"
}
newer $prefix::1
outbound="ip6.saddr==$prefix::/64 ip6.daddr!=$prefix::/64"
side_both "address $prefix::1/64 -" "prefix $prefix::/64 flags 192" \
	"name server fe80::1266:6aff:fe00:0" "$prefix:0:ff:fe00:77 64 global" "reaches the Internet" \
	"outside sees 2001:db8::1" "router flags 0 lifetime 1800" "mtu 1500" \
	"rule nat postrouting 100 accept $outbound {\"masquerade\": null}"
expect "the container's name resolves over IPv6" grep -q '^web is 10.0.3.* by IPv6$' /run/side.ours
newer $prefix::1 'LXC_IPV6_NAT="false"'
side_both "outside sees $prefix:0:ff:fe00:77"
refute "without LXC_IPV6_NAT, no IPv6 rule translates addresses" \
	grep -q '^rule nat.*ip6' /run/side.ours
newer "" 'LXC_IPV6_ENABLE="false"'
refute "without IPv6, the bridge has no IPv6 address" grep -q '^address fd' /run/side.ours
refute "without IPv6, no IPv6 rule exists but the source filter" \
	sh -c "grep '^rule.*ip6' /run/side.ours | grep -v ' prerouting -300 '"
newer "" 'LXC_IPV6_ADDR=""'
refute "an empty LXC_IPV6_ADDR disables IPv6" grep -q '^address fd' /run/side.ours
newer fd42:2:3:4::1 'LXC_IPV6_PREFIX="fd42:2:3:4"' 'LXC_IPV6_ADDR="${LXC_IPV6_PREFIX}::1"' \
	'LXC_IPV6_NETWORK="${LXC_IPV6_PREFIX}::/64"'
side_both "address fd42:2:3:4::1/64 -" "prefix fd42:2:3:4::/64 flags 192" "outside sees 2001:db8::1"
# The script derives the other two settings from the prefix before it reads the settings, so that a
# prefix alone changes nothing. berth-net derives them from the configured prefix.
newer fd42:2:3:4::1 'LXC_IPV6_PREFIX="fd42:2:3:4"'
side_both "address fd42:2:3:4::1/64 -" "prefix fd42:2:3:4::/64 flags 192"
