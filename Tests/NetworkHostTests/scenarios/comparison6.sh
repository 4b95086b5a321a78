# Compares the settings of IPv6 through lxc-net's script and through berth-net. A container gets its
# address by router advertisement, and reaches an outside host, with NAT and without.
. "$LAB/sidebyside.sh"
# Without NAT, the outside host needs a route back.
ip -n outside -6 route add fd42:1::/64 via 2001:db8::1
for dialect in true false; do
	for translates in true false; do
		side_compare lxcbr0 10.0.3.1 fd42:1::1 'LXC_IPV6_ADDR="fd42:1::1"' 'LXC_IPV6_MASK="64"' \
			'LXC_IPV6_NETWORK="fd42:1::/64"' "LXC_IPV6_NAT=\"$translates\"" \
			"LXC_USE_NFT=\"$dialect\""
		side_both "address fd42:1::1/64 -" "prefix fd42:1::/64 flags 192" \
			"fd42:1::ff:fe00:77 64 global" "outside sees 192.0.2.1"
		if [ $translates = true ]; then
			side_both "outside sees 2001:db8::1"
		else
			side_both "outside sees fd42:1::ff:fe00:77"
		fi
	done
done

# A longer prefix is not advertised, but static addresses in it are translated.
side_static() {
	side_client web "$1" 02:00:00:00:00:77
	ip -n web -6 addr add fd42:1::7/80 dev eth0 nodad
	ip -n web -6 route add default via "$3"
	reaches6 web "$3" >/dev/null && echo "reaches its router"
	echo "outside sees $(asks web tcp6 2001:db8::2 7006)"
}
side_body=side_static
side_compare lxcbr0 10.0.3.1 fd42:1::1 'LXC_IPV6_ADDR="fd42:1::1"' 'LXC_IPV6_MASK="80"' \
	'LXC_IPV6_NETWORK="fd42:1::/80"' 'LXC_IPV6_NAT="true"'
side_both "address fd42:1::1/80 -" "reaches its router" "outside sees 2001:db8::1"
