# From nothing to containers that have addresses, names and the world, and back to nothing.
lab_outside
echo 'LXC_DOMAIN="lxc"' | lab_settings
before=$(lab_state)
expect "check finds nothing wrong" "$BERTH_NET" check
equal "check changes nothing" "$(lab_state)" "$before"
"$BERTH_NET" plan >/run/plan 2>&1
equal "plan finds something to do" "$?" 2
equal "plan changes nothing" "$(lab_state)" "$before"
"$BERTH_NET" start >/run/done 2>&1
equal "start succeeds" "$?" 0
equal "start does what plan said" "$(cat /run/done)" "$(cat /run/plan)"
expect "programs that look for it find network_up" test -f /run/lxc/network_up
expect "then plan finds nothing to do" "$BERTH_NET" plan
equal "a second start does nothing" "$("$BERTH_NET" start 2>&1)" ""
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
expect "the neighbour" reaches4 web "$db"
expect "the world, by NAT" reaches4 web 192.0.2.2
expect "the world, by NAT of IPv6" reaches6 web 2001:db8::2

"$BERTH_NET" restart >/run/done 2>&1
equal "restart starts dnsmasq anew and nothing else" "$(cat /run/done)" \
	"~ lxcbr0: dnsmasq restarts"
expect "leases are known after that" lab_lease web
equal "the same address again" "$(lab_address web)" "$web"

expect "stop with containers on the bridge" "$BERTH_NET" stop
expect "leaves the bridge and its ports" sh -c 'ip -br link show master lxcbr0 | grep -q vweb'
refute "and no address" sh -c 'ip addr show lxcbr0 | grep -q "inet "'
equal "and no rule" "$(nft list ruleset)" ""
expect "start takes the bridge again" "$BERTH_NET" start
expect "the world is back" reaches4 web 192.0.2.2
ip link del vweb
ip link del vdb
expect "stop" "$BERTH_NET" stop
equal "leaves nothing" "$(lab_state)" "$before"
"$BERTH_NET" status >/dev/null 2>&1
equal "status says down" "$?" 3
