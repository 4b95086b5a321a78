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
	# ping hardly waits for the last answer, so this answer is not counted.
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
	expect "the earlier program starts" "$BERTH_NET_V1" start
else
	expect "start, as the earlier program did" "$BERTH_NET" start
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
equal "and changes nothing" "$(lab_state)" "$state"
expect "status reads the record" sh -c '"$1" status | grep -q "^br7: "' - "$BERTH_NET"
expect "check reads it" "$BERTH_NET" check
"$BERTH_NET" reload >/run/done 2>/run/warnings
equal "the upgrade succeeds" "$?" 0
equal "and changes what plan said" "$(cat /run/done)" "$(cat /run/plan)"
pinged "by the upgrade"
equal "one pass is enough" "$("$BERTH_NET" plan 2>/dev/null)" ""
expect "the record has the new format" grep -q '"version":2' /run/lxc/berth-net.json
equal "addresses are the same" "$(ip -br addr show lxcbr0; ip -br addr show br7)" "$addresses"
expect "the lease can be renewed" lab_lease web
equal "with its address" "$(lab_address web)" "$address"

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
	equal "the earlier program starts again" "$?" 0
	expect "and names the record" grep -q berth-net.json /run/warnings
	pinged "by the downgrade"
	expect "its plan is empty" "$BERTH_NET_V1" plan
	pinging web
	expect "another upgrade" "$BERTH_NET" start
	pinged "by the second upgrade"
	equal "then plan is empty" "$("$BERTH_NET" plan 2>/dev/null)" ""
	ip link del vweb
	ip link del vdb
	expect "stop" "$BERTH_NET" stop
	refute "removes the bridge" ip link show lxcbr0
	equal "no rule is left" "$(nft list ruleset)" ""
	ip netns del web
	ip netns del db
	expect "start" "$BERTH_NET" start
	lab_container web
	lab_container db
fi

# On a bridge created by hand, stop keeps what version 1 did not record.
echo "$first" | lab_settings
cp "$records/version-1-found.json" /run/lxc/berth-net.json
ip link del vweb
ip link del vdb
"$BERTH_NET" stop >/dev/null 2>/run/warnings
equal "stop with a record of version 1" "$?" 0
expect "says what stays" \
	grep -q 'br7 remains as it is, with 10.7.7.1/24 and fd06:.*earlier' /run/warnings
expect "the addresses stay" sh -c 'ip addr show br7 | grep -q "inet 10.7.7.1/24"'
expect "and the address that existed before" sh -c 'ip addr show br7 | grep -q "inet 10.5.5.1/24"'
refute "the bridge that version 1 created is removed" ip link show lxcbr0
equal "and all rules" "$(nft list ruleset)" ""
refute "and the record" test -e /run/lxc/berth-net.json

# A bridge that stop kept because a container was attached to it.
rm /etc/lxc/net.d/seven.conf
expect "start" "$BERTH_NET" start
lab_container two
expect "stop under a container" "$BERTH_NET" stop
cp "$records/version-1-left.json" /run/lxc/berth-net.json
ip link del vtwo
expect "stop" "$BERTH_NET" stop
refute "removes the bridge that version 1 left" ip link show lxcbr0

# A record of a newer version is refused. The error names the file, and nothing changes.
expect "start" "$BERTH_NET" start
sed -i 's/"version":2/"version":3/' /run/lxc/berth-net.json
state=$(lab_state)
for verb in start reload restart stop plan check run status; do
	refute "$verb refuses a newer record" timeout 10 "$BERTH_NET" $verb
	expect "$verb names its version" sh -c \
		'timeout 10 "$1" "$2" 2>&1 | grep -q "berth-net.json has format version 3"' \
		- "$BERTH_NET" $verb
done
equal "and nothing has changed" "$(lab_state)" "$state"
sed -i 's/"version":3/"version":2/' /run/lxc/berth-net.json
expect "stop" "$BERTH_NET" stop
refute "removes everything again" ip link show lxcbr0
