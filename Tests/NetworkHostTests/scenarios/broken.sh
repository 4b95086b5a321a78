# Tools of the host fail: a network is set up completely or not at all, and rules that cannot be
# listed are not assumed to be missing.
lab_outside
echo LXC_USE_NFT=false | lab_settings
iptables -A FORWARD -i other -j DROP
before=$(lab_state; iptables-save | sed '/^[#:]/d')
broken iptables-restore '*filter*'
refute "start fails if the last of three tables cannot be written" "$BERTH_NET" start
equal "start undoes the first two tables" "$(iptables-save | grep -c berth)" 0
repaired
broken ip6tables-restore '*nat*'
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "a failure of IPv6's rules does not prevent IPv4" "$?" 0
expect "start warns that IPv6 is incomplete" \
	grep -q 'IPv6 is incomplete: /usr/local/sbin/ip6tables-restore failed' /run/warnings
equal "no IPv6 rule exists" "$(ip6tables-save | grep -c berth)" 0
lab_container web
lab_lease web
expect "the container reaches the Internet" reaches4 web 192.0.2.2
repaired
expect "reload adds the rules once the tool works" \
	sh -c '"$1" reload | grep -q ip6tables' - "$BERTH_NET"
expect "the plan is empty after reload" "$BERTH_NET" plan
ip link del vweb
broken iptables-save '*'
refute "stop fails if it cannot list the rules" "$BERTH_NET" stop
repaired
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves no rule" "$(iptables-save | grep -c berth; ip6tables-save | grep -c berth)" "0
0"
nft flush ruleset

echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
broken nft '*list*'
refute "stop fails if it cannot list the table" "$BERTH_NET" stop
refute "start fails, too, and does not use iptables instead" "$BERTH_NET" start
expect "the record still exists" test -e /run/lxc/berth-net.json
repaired
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves no table" "$(nft list ruleset)" ""

nft 'add table inet x; add chain inet x f { type filter hook forward priority 0; policy drop; }'
broken nft '*-j*'
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "start succeeds with an nft without JSON" "$?" 0
expect "start warns that it cannot examine the drop policy" \
	grep -q 'drops those of containers: /usr/local/sbin/nft failed' /run/warnings
expect "status succeeds" "$BERTH_NET" status
repaired
expect "stop succeeds" "$BERTH_NET" stop
nft flush ruleset

mkdir -p /etc/lxc
echo domain-needed >/etc/lxc/dnsmasq.conf
echo LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf | lab_settings
expect "start succeeds with a configuration file for dnsmasq" "$BERTH_NET" start
before=$(cat /run/lxc/dnsmasq.pid)
echo 'what is this' >/etc/lxc/dnsmasq.conf
refute "reload refuses a file that dnsmasq cannot parse" "$BERTH_NET" reload
equal "the old dnsmasq keeps its PID file" "$(cat /run/lxc/dnsmasq.pid)" "$before"
expect "the old dnsmasq is still running" kill -0 "$before"
expect "stop succeeds" "$BERTH_NET" stop
