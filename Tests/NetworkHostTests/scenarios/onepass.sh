# Each attribute that berth-net sets is changed, one at a time: plan lists it, a single reload
# restores it, and then plan is empty.
lab_outside
command -v iptables-save >/dev/null || skip "no iptables: install it"
six=/proc/sys/net/ipv6/conf
restart_dnsmasq() { # restart_dnsmasq ARGUMENT: with this additional argument
	lab_pid=$(cat /run/lxc/dnsmasq*.pid)
	tr '\0' '\n' <"/proc/$lab_pid/cmdline" >/run/words
	echo "$1" >>/run/words
	kill "$lab_pid"
	while kill -0 "$lab_pid" 2>/dev/null; do sleep 0.05; done
	xargs -d '\n' sh -c '"$@"' - </run/words
}
# disturbed ATTRIBUTE COMMAND: plan sees it, reload restores it, and one reload is enough.
disturbed() {
	eval "$2" >/run/disturb.out 2>&1 || {
		echo "cannot disturb $1: $(cat /run/disturb.out)"
		lab_failed=1
		return
	}
	"$BERTH_NET" plan >/run/plan 2>/dev/null
	equal "$mode: plan reports a change: $1" "$?" 2
	"$BERTH_NET" reload >/run/done 2>/dev/null
	equal "$mode: reload succeeds after a change: $1" "$?" 0
	equal "$mode: reload makes the changes that plan printed: $1" \
		"$(cat /run/done)" "$(cat /run/plan)"
	equal "$mode: plan is empty after reload: $1" "$("$BERTH_NET" plan 2>/dev/null)" ""
	expect "$mode: the network is up after reload: $1" "$BERTH_NET" status
}
table() {
	disturbed "MTU" 'ip link set $bridge mtu 1400'
	disturbed "MTU, too small for IPv6" 'ip link set $bridge mtu 576'
	disturbed "MTU, too small for IPv6, of a bridge that is down" \
		'ip link set $bridge down; ip link set $bridge mtu 1279'
	disturbed "link" 'ip link set $bridge down'
	disturbed "hardware address" 'ip link set $bridge address 02:00:00:00:00:09'
	disturbed "IPv4 address" 'ip addr del 10.0.3.1/24 dev $bridge'
	disturbed "IPv4 address's length" \
		'ip addr del 10.0.3.1/24 dev $bridge; ip addr add 10.0.3.1/25 dev $bridge'
	disturbed "IPv6 address" 'ip addr del fd42:1::1/64 dev $bridge'
	disturbed "IPv6 address's length" \
		'ip addr del fd42:1::1/64 dev $bridge; ip addr add fd42:1::1/80 dev $bridge nodad'
	disturbed "addresses, all of them" 'ip addr flush dev $bridge scope global'
	disturbed "IPv6 of the bridge" 'echo 1 >$six/$bridge/disable_ipv6'
	for lab_key in accept_dad accept_ra addr_gen_mode autoconf; do
		disturbed "$lab_key" 'echo 1 >$six/$bridge/$lab_key'
	done
	disturbed "forwarding" 'echo 0 >/proc/sys/net/ipv4/ip_forward'
	disturbed "forwarding of IPv6" 'echo 0 >$six/all/forwarding'
	disturbed "isolation of a port" 'bridge link set dev vweb isolated off'
	disturbed "dnsmasq, killed" 'kill -9 $(cat /run/lxc/dnsmasq*.pid); sleep 0.2'
	disturbed "dnsmasq's arguments" 'restart_dnsmasq --log-dhcp'
	disturbed "reservations" 'echo "" >>$(ls /run/lxc/dnsmasq*.hosts)'
	disturbed "reservations, removed" 'rm /run/lxc/dnsmasq*.hosts'
	if [ "$dialect" = nft ]; then
		disturbed "table" 'nft delete table inet berth_$bridge'
		disturbed "ruleset" 'nft flush ruleset'
		disturbed "chain" 'nft flush chain inet berth_$bridge forward'
		disturbed "rule, added" 'nft insert rule inet berth_$bridge forward counter'
	else
		disturbed "rules of nat" 'iptables -t nat -F'
		disturbed "rules of filter" 'iptables -F'
		disturbed "rules of mangle" 'iptables -t mangle -F'
		disturbed "rules of IPv6" 'ip6tables -F'
	fi
}
for dialect in nft iptables; do
	for bridge in lxcbr0 br7; do
		mode="$bridge, $dialect"
		{
			echo "LXC_BRIDGE=$bridge LXC_BRIDGE_MAC=02:00:00:00:00:01 LXC_IPV6_ADDR=fd42:1::1"
			echo 'LXC_ISOLATE=true LXC_DHCP_HOSTS=web,10.0.3.9 LXC_FORWARDS=tcp:25=10.0.3.9:25'
			[ "$dialect" = nft ] || echo LXC_USE_NFT=false
		} | lab_settings
		# berth-net creates lxcbr0, and this script creates the other bridge.
		[ "$bridge" = lxcbr0 ] || ip link add "$bridge" type bridge
		[ "$bridge" = lxcbr0 ] || ip link set "$bridge" mtu 1279 down
		expect "$mode: start succeeds" "$BERTH_NET" start
		lab_container web "$bridge"
		"$BERTH_NET" reload >/dev/null 2>&1
		equal "$mode: plan is empty" "$("$BERTH_NET" plan 2>/dev/null)" ""
		table
		[ "$bridge" = lxcbr0 ] || disturbed promote_secondaries \
			'echo 0 >/proc/sys/net/ipv4/conf/$bridge/promote_secondaries'
		[ "$bridge" = lxcbr0 ] && {
			ip link del vweb
			disturbed "bridge" 'ip link del $bridge'
		}
		ip link del vweb 2>/dev/null
		ip netns del web
		expect "$mode: stop succeeds" "$BERTH_NET" stop
		ip link del br7 2>/dev/null
	done
done

# An uplink with a route from router advertisements.
echo | lab_settings
ip -6 route del default
ip -6 route add default via 2001:db8::2 dev up0 proto ra
echo 1 >$six/up0/accept_ra
mode=uplink
bridge=lxcbr0
expect "start succeeds" "$BERTH_NET" start
equal "the uplink keeps accepting advertisements" "$(cat $six/up0/accept_ra)" 2
disturbed "accept_ra of the uplink" "echo 1 >$six/up0/accept_ra"
expect "stop succeeds" "$BERTH_NET" stop
