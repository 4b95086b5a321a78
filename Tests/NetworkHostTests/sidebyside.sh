#!/bin/sh
# Compares two programs on one host with the same settings: lxc-net's script and berth-net.
# Scenarios source this file.
[ -x /usr/libexec/lxc/lxc-net ] || skip "no /usr/libexec/lxc/lxc-net: install lxc"
lab_outside
lab_echo outside tcp 7000
lab_echo outside tcp6 7006
echo '. /etc/default/lxc-net' >/etc/default/lxc

cat >/run/told.sh <<'END'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip -4 addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "$ip" >/run/lease.$(ip netns identify $$)
echo "lease $ip/$mask router $router dns $dns domain $domain time $lease ntp $ntpsrv mtu $mtu"
END
chmod +x /run/told.sh

# The hardware address is the same with both programs, so they assign the same addresses.
side_client() { # side_client NAME BRIDGE MAC
	ip netns add "$1"
	ip link add "v$1" type veth peer name eth0 address "$3" netns "$1"
	ip -n "$1" link set lo up
	# Derive the IPv6 address from the hardware address, not from a random number.
	ip netns exec "$1" sysctl -q net.ipv6.conf.eth0.addr_gen_mode=0
	ip link set "v$1" master "$2"
	ip link set "v$1" up
	ip -n "$1" link set eth0 up
}
side_lease() { # side_lease CLIENT [SECONDS]
	# udhcpc retries forever if the server refuses its request.
	timeout "${2:-60}" ip netns exec "$1" busybox udhcpc -i eth0 -n -q -t "${2:-60}" -T 1 \
		-s /run/told.sh -O ntpsrv -O mtu -x "hostname:$1" 2>/dev/null || echo "$1 gets no lease"
}

# Prints what a container sees of its network, and which address the outside host sees.
side_container() { # side_container BRIDGE GATEWAY [GATEWAY6]
	side_client web "$1" 02:00:00:00:00:77
	side_lease web
	echo "web is $(ip netns exec web python3 "$LAB/echo.py" resolve web "$2")"
	! grep -q LXC_DOMAIN /etc/default/lxc-net ||
		echo "web.lan is $(ip netns exec web python3 "$LAB/echo.py" resolve web.lan "$2")"
	echo "outside sees $(asks web tcp 192.0.2.2 7000)"
	[ -n "$3" ] || return 0
	ip netns exec web python3 "$LAB/echo.py" router
	reaches6 web "$3" >/dev/null && echo "reaches its router"
	ip netns exec web ip -j -6 addr show eth0 | python3 -c 'import json, sys
for link in json.load(sys.stdin):
    for address in link["addr_info"]:
        print(address["local"], address["prefixlen"], address["scope"])'
	echo "web is $(ip netns exec web python3 "$LAB/echo.py" resolve web "$3") by IPv6"
	reaches6 web 2001:db8::2 >/dev/null && echo "reaches the Internet"
	echo "outside sees $(asks web tcp6 2001:db8::2 7006)"
}

# Starts the network, and prints the state of the host and what a container gets from it.
side_seen() { # side_seen PROGRAM BRIDGE GATEWAY [GATEWAY6]
	"$1" start >/dev/null 2>&1
	echo "start: $?"
	python3 "$LAB/kernel.py" link "$2"
	cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding \
		"/proc/sys/net/ipv6/conf/$2/accept_dad"
	# Without IPv6 lxc-net does not set autoconf, and the bridge would accept router advertisements
	# of a container.
	[ -z "$4" ] || cat "/proc/sys/net/ipv6/conf/$2/autoconf"
	python3 "$LAB/kernel.py" rules "$(side_dialect)"
	shift
	"${side_body:-side_container}" "$@"
	for side_name in $(ip netns list | cut -d' ' -f1 | grep -v outside); do
		ip link del "v$side_name"
		ip netns del "$side_name"
	done
}
side_dialect() {
	if grep -q 'LXC_USE_NFT="*false' /etc/default/lxc-net; then echo iptables; else echo nft; fi
}
side_left() { # side_left PROGRAM BRIDGE
	"$1" stop >/dev/null 2>&1
	echo "stop: $?"
	ip -br link show type bridge
	[ -z "$(python3 "$LAB/kernel.py" rules "$(side_dialect)")" ] || echo "rules are left"
	pidof dnsmasq >/dev/null && lab_state | grep /dnsmasq
	[ ! -e /run/lxc/network_up ] || echo "network_up is left"
	rm -f /var/lib/misc/dnsmasq.*
	for side_file in ipv4/ip_forward ipv6/conf/all/forwarding; do
		echo 0 >/proc/sys/net/$side_file
	done
	# Disabling forwarding removed the route.
	ip -6 route replace default via 2001:db8::2
}

# Rules that only berth-net has: the checksum of DHCP answers is removed, which lxc-net does only
# with iptables; the reverse path filter; frames to the groups of LLDP and others; neighbor
# discovery; and, with iptables, the same accept rules for IPv6 as for IPv4.
side_zero='{"mangle": {"key": {"payload": {"protocol": "udp", "field": "checksum"}}, "value": 0}}'
side_route='{"fib": {"result": "oif", "flags": ["saddr", "iif"]}}==False {"drop": null}'
side_daddr='{"&": [{"payload": {"protocol": "ether", "field": "daddr"}}, "ff:ff:ff:ff:ff:f0"]}'
side_more='
rule filter prerouting -300 accept '"$side_daddr"'==01:80:c2:00:00:00 {"drop": null}
rule filter prerouting -300 accept iifname==BRIDGE ip.saddr==0.0.0.0 udp.dport==67 {"accept": null}
rule filter prerouting -300 accept iifname==BRIDGE ip6.saddr==:: l4proto==ipv6-icmp {"accept": null}
rule filter prerouting -300 accept iifname==BRIDGE ip6.saddr==fe80::/10 {"accept": null}
rule filter prerouting -300 accept iifname==BRIDGE '"$side_route"'
rule iptables raw -A PREROUTING -i BRIDGE -m rpfilter --invert -j DROP
rule ip6tables raw -A PREROUTING -i BRIDGE -m rpfilter --invert -j DROP
rule filter postrouting -150 accept oifname==BRIDGE nfproto==ipv4 udp.dport==68 '"$side_zero"'
rule filter input 0 accept iifname==BRIDGE icmpv6.type==nd-router-solicit {"accept": null}
rule filter input 0 accept iifname==BRIDGE icmpv6.type==nd-neighbor-solicit {"accept": null}
rule filter input 0 accept iifname==BRIDGE icmpv6.type==nd-neighbor-advert {"accept": null}
rule ip6tables filter -A INPUT -i BRIDGE -p udp -m udp --dport 67 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p tcp -m tcp --dport 67 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p udp -m udp --dport 53 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p tcp -m tcp --dport 53 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT
rule ip6tables filter -A INPUT -i BRIDGE -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT
rule ip6tables filter -A FORWARD -i BRIDGE -j ACCEPT
rule ip6tables filter -A FORWARD -o BRIDGE -j ACCEPT'

# side_compare BRIDGE GATEWAY GATEWAY6 SETTINGS…: runs both programs. Every rule of lxc-net must
# have its equivalent in berth-net, every rule that only berth-net has must be one of those above,
# and everything else must be equal.
side_compare() {
	side_bridge=$1
	side_gateway=$2
	side_gateway6=$3
	shift 3
	printf '%s\n' 'LXC_BRIDGE_MAC="02:00:00:00:00:01"' 'LXC_DHCP_PING="false"' \
		'LXC_DNS_NAMES="client"' "$@" | lab_settings
	[ -n "$side_gateway6" ] || echo 'LXC_IPV6_ADDR=""' >>/etc/default/lxc-net
	for side_program in stock ours; do
		side_path=$BERTH_NET
		[ $side_program = ours ] || side_path=/usr/libexec/lxc/lxc-net
		{
			side_seen "$side_path" "$side_bridge" "$side_gateway" "$side_gateway6"
			side_left "$side_path" "$side_bridge"
		} >/run/side.$side_program 2>&1
		grep '^rule' /run/side.$side_program | sort >/run/side.$side_program.rules
	done
	equal "both programs have the same results with $*" \
		"$(grep -v '^rule' /run/side.ours)" "$(grep -v '^rule' /run/side.stock)"
	equal "lxc-net has no rules that berth-net lacks, with $*" \
		"$(grep -vxFf /run/side.ours.rules /run/side.stock.rules)" ""
	equal "berth-net has no unexpected rules, with $*" \
		"$(grep -vxFf /run/side.stock.rules /run/side.ours.rules |
			sed "s/$side_bridge/BRIDGE/g" | while read -r side_rule; do
				echo "$side_more" | grep -qxF "$side_rule" || echo "$side_rule"
			done)" ""
	expect "lxc-net has rules, with $*" [ -s /run/side.stock.rules ]
}
# side_both TEXT…: both programs produced these lines.
side_both() {
	for side_text; do
		expect "both programs give: $side_text" grep -qxF "$side_text" /run/side.ours
	done
}
