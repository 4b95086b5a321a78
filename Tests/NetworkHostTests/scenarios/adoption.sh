# lxc-net's own script is running, with a container: berth-net takes over, and loses no packet.
[ -x /usr/libexec/lxc/lxc-net ] || skip "no /usr/libexec/lxc/lxc-net: install lxc"
lab_outside
echo 'LXC_DOMAIN="lxc"' | lab_settings
echo '. /etc/default/lxc-net' >/etc/default/lxc
for dialect in true false; do
	printf 'LXC_DOMAIN="lxc"\nLXC_USE_NFT=%s\nLXC_IPV6_ENABLE=false\n' "$dialect" | lab_settings
	expect "lxc-net starts ($dialect)" /usr/libexec/lxc/lxc-net start
	refute "stop fails while lxc-net has the network" "$BERTH_NET" stop
	lab_container web
	expect "the container gets a lease from lxc-net" lab_lease web
	address=$(lab_address web)
	mac=$(cat /sys/class/net/lxcbr0/address)
	ip netns exec web ping -i 0.005 -c 300 192.0.2.2 >/run/pings 2>&1 &
	pings=$!
	sleep 0.3
	expect "berth-net takes over ($dialect)" "$BERTH_NET" start
	wait "$pings"
	# ping does not wait long for the last answer.
	equal "no packet is lost ($dialect)" \
		"$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' /run/pings | head -n 299)" "$(seq 299)"
	equal "the bridge keeps its address ($dialect)" "$(cat /sys/class/net/lxcbr0/address)" "$mac"
	refute "lxc-net's table inet lxc is removed" nft list table inet lxc
	refute "lxc-net's table ip lxc is removed" nft list table ip lxc
	equal "lxc-net's iptables rules are removed" \
		"$(iptables-save | grep lxcbr0 | grep -v berth-net)" ""
	equal "one dnsmasq is running" "$(lab_state | grep -c /dnsmasq)" 1
	expect "the container can renew its lease ($dialect)" lab_lease web
	equal "the container keeps its address ($dialect)" "$(lab_address web)" "$address"
	ip link del vweb
	ip netns del web
	expect "stop succeeds" "$BERTH_NET" stop
	refute "stop removes the bridge" ip link show lxcbr0
	# Comments of iptables-save contain the time.
	equal "stop removes all rules for the bridge" \
		"$(nft list ruleset; iptables-save | grep -v '^#')" \
		"$(nft list ruleset; iptables-save | grep -v 'lxcbr0\|^#')"
done

printf 'LXC_IPV6_ENABLE=false\n' | lab_settings
expect "lxc-net starts with nft" /usr/libexec/lxc/lxc-net start
printf 'LXC_IPV6_ENABLE=false\nLXC_USE_NFT=false\n' | lab_settings
expect "berth-net takes over with iptables" "$BERTH_NET" start
refute "lxc-net's nftables table is removed" nft list table inet lxc
expect "stop succeeds" "$BERTH_NET" stop
