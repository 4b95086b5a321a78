# LXC_NAT_EXCEPT and LXC_ROUTED_FROM: routes between this network and another host's, in both
# dialects and both IP versions. No connection is accepted through interfaces that are not named.
lab_outside
ip -n outside route add 10.0.3.0/24 via 192.0.2.1
ip -n outside -6 route add fd42:1::/64 via 2001:db8::1
ip -n outside addr add 10.88.9.1/32 dev lo
ip -n outside -6 addr add fd42:9::1/128 dev lo nodad
ip route add 10.88.9.0/24 via 192.0.2.2
ip -6 route add fd42:9::/64 via 2001:db8::2
# A second neighbor that also has a route here.
ip netns add stranger
ip link add other type veth peer name eth0 netns stranger
ip addr add 198.51.100.1/24 dev other
ip -6 addr add 2001:db8:5::1/64 dev other nodad
ip link set other up
ip -n stranger link set lo up
ip -n stranger addr add 198.51.100.2/24 dev eth0
ip -n stranger -6 addr add 2001:db8:5::2/64 dev eth0 nodad
ip -n stranger link set eth0 up
ip -n stranger route add 10.0.0.0/8 via 198.51.100.1
ip -n stranger -6 route add fd42::/16 via 2001:db8:5::1
for host in outside stranger; do
	lab_echo $host tcp 7
	lab_echo $host tcp6 8
done
# A dropped packet is not answered.
refused() { # refused NAMESPACE KIND ADDRESS PORT
	! timeout 3 ip netns exec "$1" python3 "$LAB/echo.py" ask "$2" "$3" "$4"
}

base='LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_RA=false
LXC_FORWARDS="tcp:8080=10.0.3.9:80 tcp:8080=[fd42:1::9]:81"'
for bad in 'LXC_NAT_EXCEPT=10.88.0.0/12' 'LXC_NAT_EXCEPT=0.0.0.0/0' \
	'LXC_NAT_EXCEPT="10.80.0.0/12 10.88.9.0/24"' 'LXC_ROUTED_FROM=lxcbr0' 'LXC_ROUTED_FROM=lo' \
	'LXC_ROUTED_FROM=up+' 'LXC_ROUTED_FROM="up0 up0"'; do
	printf '%s\n%s\n' "$base" "$bad" | lab_settings
	refute "check refuses $bad" "$BERTH_NET" check
done
printf '%s\nLXC_NAT_EXCEPT=10.88.0.0/12\n' "$base" | lab_settings
"$BERTH_NET" check >/run/said 2>&1
expect "check names the range to write" \
	grep -q 'lxc-net:3: LXC_NAT_EXCEPT: .*write 10.80.0.0/12' /run/said

for dialect in true false; do
	settings="$base
LXC_USE_NFT=$dialect"
	echo "$settings" | lab_settings
	expect "start succeeds ($dialect)" "$BERTH_NET" start
	lab_container web
	ip -n web addr add 10.0.3.9/24 dev eth0
	ip -n web -6 addr add fd42:1::9/64 dev eth0 nodad
	ip -n web route add default via 10.0.3.1
	ip -n web -6 route add default via fd42:1::1
	lab_echo web tcp 80
	lab_echo web tcp6 81
	equal "without the settings, packets to the range are translated" \
		"$(asks web tcp 10.88.9.1 7)" 192.0.2.1
	equal "without the settings, IPv6 packets to the range are translated" \
		"$(asks web tcp6 fd42:9::1 8)" 2001:db8::1
	equal "without the settings, every host may connect" \
		"$(asks stranger tcp 10.0.3.9 80)" 198.51.100.2
	rules=$(nft -s list ruleset)

	printf '%s\nLXC_NAT_EXCEPT="10.80.0.0/12 fd42::/16"\nLXC_ROUTED_FROM=up0\n' "$settings" |
		lab_settings
	ip netns exec web ping -i 0.02 -c 100 192.0.2.2 >/run/ping 2>&1 &
	pinging=$!
	sleep 0.3
	expect "reload succeeds ($dialect)" "$BERTH_NET" reload
	wait "$pinging"
	expect "reload loses no packet" grep -q ' 0% packet loss' /run/ping
	expect "the plan is empty after reload" "$BERTH_NET" plan
	expect "status names the settings" sh -c '"$1" status |
		grep -q "routing: no NAT to 10.80.0.0/12 fd42::/16, connections .* from up0 only"' - \
		"$BERTH_NET"
	equal "packets to an excepted range are not translated" "$(asks web tcp 10.88.9.1 7)" 10.0.3.9
	equal "IPv6 packets to an excepted range are not translated" \
		"$(asks web tcp6 fd42:9::1 8)" fd42:1::9
	equal "packets to other hosts are translated" "$(asks web tcp 198.51.100.2 7)" 198.51.100.1
	equal "IPv6 packets to other hosts are translated" \
		"$(asks web tcp6 2001:db8:5::2 8)" 2001:db8:5::1
	equal "a host behind the named uplink may connect" "$(asks outside tcp 10.0.3.9 80)" 192.0.2.2
	equal "a host behind the named uplink may connect over IPv6" \
		"$(asks outside tcp6 fd42:1::9 81)" 2001:db8::2
	expect "a host behind another interface may not connect" refused stranger tcp 10.0.3.9 80
	expect "a host behind another interface may not connect over IPv6" \
		refused stranger tcp6 fd42:1::9 81
	equal "a host behind another interface reaches a forwarded port" \
		"$(asks stranger tcp 198.51.100.1 8080)" 198.51.100.2
	equal "a host behind another interface reaches a forwarded port over IPv6" \
		"$(asks stranger tcp6 2001:db8:5::1 8080)" 2001:db8:5::2
	equal "the network itself reaches a forwarded port" "$(asks web tcp 192.0.2.1 8080)" 10.0.3.1

	# Another network of this host counts as an interface of its own.
	mkdir -p /etc/lxc/net.d
	printf 'LXC_BRIDGE=two\nLXC_ADDR=10.7.7.1\nLXC_IPV6_ENABLE=false\nLXC_USE_NFT=%s\n' \
		"$dialect" >/etc/lxc/net.d/two.conf
	expect "reload adds a second network" "$BERTH_NET" reload
	lab_container db two
	ip -n db addr add 10.7.7.9/24 dev eth0
	ip -n db route add default via 10.7.7.1
	lab_echo db tcp 7
	expect "the second network may not connect to the first" refused db tcp 10.0.3.9 80
	equal "replies of the second network pass" "$(asks web tcp 10.7.7.9 7)" 10.0.3.9
	sed -i 's/LXC_ROUTED_FROM=up0/LXC_ROUTED_FROM="up0 two"/' /etc/default/lxc-net
	expect "reload succeeds with the bridge of the second network" "$BERTH_NET" reload
	equal "the second network may connect to the first" "$(asks db tcp 10.0.3.9 80)" 10.7.7.9
	rm /etc/lxc/net.d/two.conf
	ip netns del db
	ip link del vdb 2>/dev/null

	echo "$settings" | lab_settings
	expect "reload succeeds without the settings" "$BERTH_NET" reload
	expect "the plan is empty without the settings" "$BERTH_NET" plan
	[ "$dialect" = false ] ||
		equal "without the settings, the rules are as before" "$(nft -s list ruleset)" "$rules"
	ip netns pids web | xargs -r kill
	ip netns del web
	ip link del vweb 2>/dev/null
	expect "stop succeeds" "$BERTH_NET" stop
done
