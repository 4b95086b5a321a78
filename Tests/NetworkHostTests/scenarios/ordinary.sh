# From an empty host to containers with addresses, names and Internet access, and back.
lab_outside
echo 'LXC_DOMAIN="lxc"' | lab_settings
before=$(lab_state)
expect "check accepts the settings" "$BERTH_NET" check
equal "check changes nothing" "$(lab_state)" "$before"
"$BERTH_NET" plan >/run/plan 2>&1
equal "plan exits 2 if something would change" "$?" 2
equal "plan changes nothing" "$(lab_state)" "$before"
"$BERTH_NET" start >/run/done 2>&1
equal "start succeeds" "$?" 0
equal "start makes the changes that plan printed" "$(cat /run/done)" "$(cat /run/plan)"
expect "network_up exists" test -f /run/lxc/network_up
expect "then plan is empty" "$BERTH_NET" plan
equal "a second start changes nothing" "$("$BERTH_NET" start 2>&1)" ""
expect "status says up" "$BERTH_NET" status
expect "status has JSON" sh -c '"$1" status --json | grep -q "\"state\" : \"up\""' - "$BERTH_NET"
expect "broadcast" sh -c 'ip addr show lxcbr0 | grep -q "brd 10.0.3.255"'

lab_container web
lab_container db
expect "a lease" lab_lease web
expect "another lease" lab_lease db
web=$(lab_address web)
db=$(lab_address db)
expect "a name" resolves web db.lxc 10.0.3.1 "$db"
expect "the host" reaches4 web 10.0.3.1
expect "the neighbor" reaches4 web "$db"
expect "the Internet through NAT" reaches4 web 192.0.2.2
expect "the Internet through NAT, by IPv6" reaches6 web 2001:db8::2

"$BERTH_NET" restart >/run/done 2>&1
equal "restart restarts only dnsmasq" "$(cat /run/done)" \
	"~ lxcbr0: dnsmasq restarts"
expect "dnsmasq still knows the leases" lab_lease web
equal "the address is unchanged" "$(lab_address web)" "$web"

expect "stop with containers on the bridge" "$BERTH_NET" stop
expect "keeps the bridge and its ports" sh -c 'ip -br link show master lxcbr0 | grep -q vweb'
refute "removes the address" sh -c 'ip addr show lxcbr0 | grep -q "inet "'
equal "and the rules" "$(nft list ruleset)" ""
expect "start reuses the bridge" "$BERTH_NET" start
expect "the Internet is reachable again" reaches4 web 192.0.2.2
ip link del vweb
ip link del vdb
expect "stop" "$BERTH_NET" stop
equal "leaves nothing" "$(lab_state)" "$before"
"$BERTH_NET" status >/dev/null 2>&1
equal "status says down" "$?" 3
