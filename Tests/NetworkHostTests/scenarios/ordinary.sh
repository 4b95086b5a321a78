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
expect "the plan is empty after start" "$BERTH_NET" plan
equal "a second start changes nothing" "$("$BERTH_NET" start 2>&1)" ""
expect "status succeeds if the network is up" "$BERTH_NET" status
expect "status --json says that the network is up" \
	sh -c '"$1" status --json | grep -q "\"state\" : \"up\""' - "$BERTH_NET"
expect "the bridge has the broadcast address" sh -c 'ip addr show lxcbr0 | grep -q "brd 10.0.3.255"'

lab_container web
lab_container db
expect "web gets a lease" lab_lease web
expect "db gets a lease" lab_lease db
web=$(lab_address web)
db=$(lab_address db)
expect "web resolves the name of db" resolves web db.lxc 10.0.3.1 "$db"
expect "web reaches the host" reaches4 web 10.0.3.1
expect "web reaches db" reaches4 web "$db"
expect "web reaches the Internet through NAT" reaches4 web 192.0.2.2
expect "web reaches the Internet through IPv6 NAT" reaches6 web 2001:db8::2

"$BERTH_NET" restart >/run/done 2>&1
equal "restart restarts only dnsmasq" "$(cat /run/done)" \
	"~ lxcbr0: dnsmasq restarts"
expect "dnsmasq still knows the leases" lab_lease web
equal "the address is unchanged" "$(lab_address web)" "$web"

expect "stop succeeds with containers on the bridge" "$BERTH_NET" stop
expect "stop keeps the bridge and its ports" sh -c 'ip -br link show master lxcbr0 | grep -q vweb'
refute "stop removes the bridge's address" sh -c 'ip addr show lxcbr0 | grep -q "inet "'
equal "stop removes the rules" "$(nft list ruleset)" ""
expect "start reuses the bridge" "$BERTH_NET" start
expect "the container reaches the Internet again" reaches4 web 192.0.2.2
ip link del vweb
ip link del vdb
expect "stop succeeds" "$BERTH_NET" stop
equal "stop restores the state of the host" "$(lab_state)" "$before"
"$BERTH_NET" status >/dev/null 2>&1
equal "status exits 3 if the network is down" "$?" 3
