# Upgrades a network that a record of version 1 describes, while a container uses it. The earlier
# program wrote these records.
lab_outside
records=$LAB/../NetworkTests/records
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
pinging() { # pinging NAME: starts to ping; `pinged` waits for the end
	ip netns exec "$1" ping -i 0.005 -c 400 192.0.2.2 >/run/pings 2>&1 &
	lab_pings=$!
	sleep 0.2
}
pinged() { # pinged WHEN
	wait "$lab_pings"
	# ping waits only briefly for the last answer, so this answer is not counted.
	equal "no packet is lost $1" \
		"$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' /run/pings | head -n 399)" "$(seq 399)"
}
first='LXC_DOMAIN=lxc
LXC_ISOLATE=true
LXC_FORWARDS=tcp:8080=10.0.3.100:80
LXC_DHCP_HOSTS=web,10.0.3.9'
echo "$first" | lab_settings
mkdir -p /etc/lxc/net.d
echo 'LXC_BRIDGE=br7 LXC_ADDR=10.7.7.1' >/etc/lxc/net.d/seven.conf
ip link add br7 type bridge
ip addr add 10.5.5.1/24 dev br7
if [ -x "${BERTH_NET_V1:-}" ]; then
	expect "start of the earlier program succeeds" "$BERTH_NET_V1" start
else
	expect "start succeeds in place of the earlier program" "$BERTH_NET" start
	cp "$records/version-1-found.json" /run/lxc/berth-net.json
fi
lab_container web
lab_container db
# As if lxc-usernet had isolated this port.
bridge link set dev vdb isolated on
lab_lease web
address=$(lab_address web)
addresses=$(ip -br addr show lxcbr0; ip -br addr show br7)

state=$(lab_state)
pinging web
"$BERTH_NET" plan >/run/plan 2>/run/warnings
equal "plan lists what the new version would change" "$?" 2
equal "plan changes nothing" "$(lab_state)" "$state"
expect "status reads the record" sh -c '"$1" status | grep -q "^br7: "' - "$BERTH_NET"
expect "check reads the record" "$BERTH_NET" check
"$BERTH_NET" reload >/run/done 2>/run/warnings
equal "reload upgrades the network" "$?" 0
equal "reload makes the changes that plan listed" "$(cat /run/done)" "$(cat /run/plan)"
pinged "by the upgrade"
equal "the plan is empty after the upgrade" "$("$BERTH_NET" plan 2>/dev/null)" ""
expect "the record has the new format" grep -q '"version":2' /run/lxc/berth-net.json
equal "the bridges keep their addresses" \
	"$(ip -br addr show lxcbr0; ip -br addr show br7)" "$addresses"
expect "the container renews its lease after the upgrade" lab_lease web
equal "the container keeps its address" "$(lab_address web)" "$address"

# LXC_ISOLATE is removed. Version 1 did not record which ports it had isolated.
echo "$first" | sed /ISOLATE/d | lab_settings
bridge link set dev vweb isolated on
"$BERTH_NET" reload >/dev/null 2>/run/warnings
expect "ports that may be isolated by lxc-usernet stay so, with a warning" \
	grep -q 'vdb.* still isolated' /run/warnings
expect "vdb is isolated" sh -c 'bridge -d link show dev vdb | grep -q "isolated on"'
echo "$first" | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1

if [ -x "${BERTH_NET_V1:-}" ]; then
	pinging web
	"$BERTH_NET_V1" start >/dev/null 2>/run/warnings
	equal "the earlier program starts on a newer record" "$?" 0
	expect "the earlier program names the record that it does not understand" \
		grep -q berth-net.json /run/warnings
	pinged "by the downgrade"
	expect "the plan of the earlier program is empty" "$BERTH_NET_V1" plan
	pinging web
	expect "start upgrades the network again" "$BERTH_NET" start
	pinged "by the second upgrade"
	equal "the plan is empty after the second upgrade" "$("$BERTH_NET" plan 2>/dev/null)" ""
	ip link del vweb
	ip link del vdb
	expect "stop succeeds" "$BERTH_NET" stop
	refute "stop removes the bridge" ip link show lxcbr0
	equal "stop leaves no rules" "$(nft list ruleset)" ""
	ip netns del web
	ip netns del db
	expect "start succeeds" "$BERTH_NET" start
	lab_container web
	lab_container db
fi

# On a bridge created by hand, stop keeps what version 1 did not record.
echo "$first" | lab_settings
cp "$records/version-1-found.json" /run/lxc/berth-net.json
ip link del vweb
ip link del vdb
"$BERTH_NET" stop >/dev/null 2>/run/warnings
equal "stop succeeds with a record of version 1" "$?" 0
expect "stop says which addresses remain" \
	grep -q 'br7 remains as it is, with 10.7.7.1/24 and fd06:.*earlier' /run/warnings
expect "the addresses that version 1 may have added remain" \
	sh -c 'ip addr show br7 | grep -q "inet 10.7.7.1/24"'
expect "the address that existed before remains" \
	sh -c 'ip addr show br7 | grep -q "inet 10.5.5.1/24"'
refute "the bridge that version 1 created is removed" ip link show lxcbr0
equal "stop removes all rules" "$(nft list ruleset)" ""
refute "stop removes the record of version 1" test -e /run/lxc/berth-net.json

# A bridge that stop kept because a container was attached to it.
rm /etc/lxc/net.d/seven.conf
expect "start succeeds" "$BERTH_NET" start
lab_container two
expect "stop succeeds with a container on the bridge" "$BERTH_NET" stop
cp "$records/version-1-left.json" /run/lxc/berth-net.json
ip link del vtwo
expect "stop succeeds" "$BERTH_NET" stop
refute "stop removes the bridge that version 1 left" ip link show lxcbr0

# A record of a newer version is refused. The error names the file, and nothing changes.
expect "start succeeds" "$BERTH_NET" start
sed -i 's/"version":2/"version":3/' /run/lxc/berth-net.json
state=$(lab_state)
for verb in start reload restart stop plan check run status; do
	refute "$verb refuses a newer record" timeout 10 "$BERTH_NET" $verb
	expect "$verb names the version of the record" sh -c \
		'timeout 10 "$1" "$2" 2>&1 | grep -q "berth-net.json has format version 3"' \
		- "$BERTH_NET" $verb
done
equal "refused commands change nothing" "$(lab_state)" "$state"
sed -i 's/"version":3/"version":2/' /run/lxc/berth-net.json
expect "stop succeeds" "$BERTH_NET" stop
refute "stop removes the bridge again" ip link show lxcbr0
