# LXC_UPLINK: what the LAN reaches of a host that has no address there, an IPv4 address only, or an
# IPv6 address only. The hosts of the LAN send the packets to the hardware address of the bridge.
# shellcheck source=Tests/NetworkHostTests/lan.sh
. "$LAB/lan.sh"

# The outside host routes replies back.
ip -n outside route replace default via 192.0.2.1
ip -n outside -6 route replace default via 2001:db8::1
ip -n laptop -6 addr add 2001:db8:7::20/64 dev eth0 nodad

# routed: the laptop sends to this host and to the outside host by way of the bridge, and this host
# has routes back.
routed() {
	bridge_mac=$(cat /sys/class/net/lan0/address)
	ip -n laptop neigh replace 192.168.7.250 lladdr "$bridge_mac" dev eth0
	ip -n laptop route replace 192.0.2.0/24 via 192.168.7.250 onlink dev eth0
	ip -n laptop route replace 10.0.3.0/24 via 192.168.7.250 onlink dev eth0
	ip -n laptop -6 neigh replace fe80::250 lladdr "$bridge_mac" dev eth0
	ip -n laptop -6 route replace 2001:db8::/64 via fe80::250 dev eth0
	ip route replace 192.168.7.20/32 dev lan0 src 192.0.2.1
	ip -6 route replace 2001:db8:7::20/128 dev lan0 2>/dev/null || :
	# ARP or neighbor discovery of this host may be closed.
	laptop_mac=$(ip -n laptop -j link show eth0 | sed 's/.*"address":"\([^"]*\)".*/\1/')
	ip neigh replace 192.168.7.20 lladdr "$laptop_mac" dev lan0
	ip -6 neigh replace 2001:db8:7::20 lladdr "$laptop_mac" dev lan0 2>/dev/null || :
}
pings() { # pings 4|6 ADDRESS [SECONDS]
	case $1 in 4) laptop_address=192.168.7.20 ;; 6) laptop_address=2001:db8:7::20 ;; esac
	ip netns exec laptop ping -I "$laptop_address" -c 1 -W "${3:-1}" "-$1" "$2" >/dev/null 2>&1
}
# reached: prints what the laptop reaches, by IP version.
reached() {
	routed
	for lan_target in host4=192.0.2.1 outside4=192.0.2.2 nat4=10.0.3.9 \
		host6=2001:db8::1 outside6=2001:db8::2; do
		lan_name=${lan_target%%=*}
		! pings "${lan_name#"${lan_name%?}"}" "${lan_target#*=}" || printf '%s ' "$lan_name"
	done | sed 's/ $//'
}
all='host4 outside4 nat4 host6 outside6'
# lan SETTING…: the settings of lan0.
lan() { uplink "LXC_USE_NFT=\"$nft\"
$(printf '%s\n' "$@")"; }
# later SETTING: loads the rules of lxcbr0 again, in iptables above those of lan0.
later() {
	printf 'LXC_USE_NFT="%s"\n%s\n' "$nft" "$1" | lab_settings
	expect "reload changes the other network" "$BERTH_NET" reload
}
setting() { cat "/proc/sys/net/ipv6/conf/lan0/$1"; }
enable6() { echo 0 >/proc/sys/net/ipv6/conf/lan0/disable_ipv6; }
# In iptables, rules of lxcbr0 drop packets to lan0, too.
delete_rules() {
	if [ "$nft" = true ]; then
		nft delete table inet berth_lan0
	else
		for lan_tool in iptables ip6tables; do
			$lan_tool-save | grep -v berth-net: | $lan_tool-restore
		done
	fi
}

echo 1 >/proc/sys/net/ipv6/conf/all/forwarding

for nft in true false; do
	printf 'LXC_USE_NFT="%s"\n' "$nft" | lab_settings
	# 1. Without an address.
	lan 'LXC_UPLINK="eth1"'
	expect "start succeeds" "$BERTH_NET" start
	lab_container db
	ip -n db addr add 10.0.3.9/24 dev eth0
	ip -n db route add default via 10.0.3.1
	equal "the LAN reaches nothing without an address" "$(reached)" ''
	later 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"'
	equal "the LAN reaches nothing while the rules of another network come first" "$(reached)" ''
	later 'LXC_FORWARDS="tcp:8081=10.0.3.9:80"'
	enable6
	equal "the rules also drop IPv6" "$(reached)" ''
	delete_rules
	equal "without the rules, the LAN reaches everything" "$(reached)" "$all"
	expect "reload restores the rules" "$BERTH_NET" reload
	equal "the bridge has no IPv6" "$(setting disable_ipv6)" 1
	equal "the LAN reaches nothing after reload" "$(reached)" ''

	# 2. With an IPv6 address only.
	lan 'LXC_UPLINK="eth1"' 'LXC_IPV6_ADDR="2001:db8:7::5"'
	expect "reload adds the IPv6 address" "$BERTH_NET" reload
	expect "the plan is empty with an IPv6 address" "$BERTH_NET" plan
	equal "the LAN reaches IPv6 only" "$(reached)" 'host6 outside6'
	later 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"'
	equal "the LAN still reaches IPv6 only" "$(reached)" 'host6 outside6'
	expect "the LAN reaches the address of this host" pings 6 2001:db8:7::5 5

	# 3. With an IPv4 address only.
	lan 'LXC_UPLINK="eth1"' 'LXC_ADDR="192.168.7.5"'
	expect "reload replaces the address" "$BERTH_NET" reload
	expect "the plan is empty with an IPv4 address" "$BERTH_NET" plan
	equal "the bridge has no IPv6 with an IPv4 address only" "$(setting disable_ipv6)" 1
	equal "the LAN reaches IPv4 only" "$(reached)" 'host4 outside4 nat4'
	expect "the LAN reaches the IPv4 address of this host" pings 4 192.168.7.5 5
	enable6
	equal "the rules drop IPv6 with an IPv4 address only" "$(reached)" 'host4 outside4 nat4'
	expect "reload disables IPv6 again" "$BERTH_NET" reload

	# 4. With both.
	lan 'LXC_UPLINK="eth1"' 'LXC_ADDR="192.168.7.5"' 'LXC_IPV6_ADDR="2001:db8:7::5"'
	expect "reload adds the other address" "$BERTH_NET" reload
	expect "the plan is empty with both addresses" "$BERTH_NET" plan
	equal "the LAN reaches both" "$(reached)" "$all"
	ip netns del db
	ip link del vdb 2>/dev/null
	expect "stop succeeds" "$BERTH_NET" stop
done
