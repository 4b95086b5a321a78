# Settings change while containers run, and are removed or invalid before `stop`.
lab_outside
echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
lab_lease web

echo 'LXC_DHCP_HOSTS="web,10.0.3.77"' | lab_settings
before=$(cat /run/lxc/dnsmasq.pid)
equal "a reservation needs only a line and a signal" "$("$BERTH_NET" reload 2>&1)" \
	"~ lxcbr0: reservations (1)
~ lxcbr0: dnsmasq rereads its files"
equal "dnsmasq did not restart" "$(cat /run/lxc/dnsmasq.pid)" "$before"
expect "the container renews its lease" lab_lease web
equal "the container gets the reserved address" "$(lab_address web)" 10.0.3.77

nft flush ruleset
expect "lost rules are reported" \
	sh -c '"$1" status | grep -q "missing: + lxcbr0: firewall"' - "$BERTH_NET"
equal "reload restores only the rules" "$("$BERTH_NET" reload 2>&1)" \
	"+ lxcbr0: firewall table inet berth_lxcbr0"
nft delete rule inet berth_lxcbr0 postrouting handle \
	"$(nft -a list chain inet berth_lxcbr0 postrouting \
		| sed -n 's/.*masquerade # handle //p' | head -1)"
equal "a single lost rule is restored, too" "$("$BERTH_NET" reload 2>&1)" \
	"~ lxcbr0: firewall table inet berth_lxcbr0"

mkdir -p /etc/lxc/net.d
echo 'LXC_BRIDGE=lxcbr1 LXC_NETWORK=auto LXC_DOMAIN=two' >/etc/lxc/net.d/two.conf
expect "reload adds a second network" "$BERTH_NET" reload
expect "the second network has a range of its own" \
	sh -c 'ip addr show lxcbr1 | grep -q "inet 10.0.4.1/24"'
lab_container far lxcbr1
expect "a container of the second network gets a lease" lab_lease far
expect "a container of the second network reaches the Internet" reaches4 far 192.0.2.2
expect "the plan is empty with two networks" "$BERTH_NET" plan
ip link del vfar
rm /etc/lxc/net.d/two.conf
expect "reload removes the second network" "$BERTH_NET" reload
refute "the bridge of the second network is gone" ip link show lxcbr1
refute "the table of the second network is gone" nft list table inet berth_lxcbr1

echo 'LXC_NETWORK=10.0.3.7/24' | lab_settings
state=$(lab_state)
refute "invalid settings are refused" "$BERTH_NET" reload
expect "check names the file, line and variable of an invalid setting" sh -c \
	'"$1" check 2>&1 | grep -q "/etc/default/lxc-net:1: LXC_NETWORK: "' - "$BERTH_NET"
equal "a refused reload changes nothing" "$(lab_state)" "$state"
ip link del vweb
expect "stop removes the networks, whatever the settings say" "$BERTH_NET" stop
refute "the bridge is gone" ip link show lxcbr0
equal "the rules are gone" "$(nft list ruleset)" ""

echo 'USE_LXC_BRIDGE=false' | lab_settings
expect "start says why it does nothing" sh -c \
	'"$1" start 2>&1 | grep -q "switched off by USE_LXC_BRIDGE in /etc/default/lxc-net:1"' \
	- "$BERTH_NET"

echo 'LXC_BRIDGE_MTU=1400 LXC_DNS_PORT=0 LXC_ISOLATE=true LXC_NAT=false' | lab_settings
expect "start succeeds with other settings" "$BERTH_NET" start
lab_container one
lab_container two
"$BERTH_NET" reload >/dev/null 2>&1
lab_lease one
lab_lease two
expect "containers get the configured MTU" sh -c 'ip -n one link show eth0 | grep -q "mtu 1400"'
refute "containers cannot reach each other" reaches4 one "$(lab_address two)"
expect "an isolated container reaches the host" reaches4 one 10.0.3.1
refute "without NAT the Internet does not answer" reaches4 one 192.0.2.2
refute "without DNS the port is closed" resolves one two 10.0.3.1 "$(lab_address two)"
echo '{' >/run/lxc/berth-net.json
expect "a record that cannot be parsed is named" \
	sh -c '"$1" status 2>&1 | grep -q berth-net.json' - "$BERTH_NET"
ip link del vone
ip link del vtwo
expect "stop uses the settings if the record cannot be parsed" "$BERTH_NET" stop
equal "stop without a record leaves no rule" "$(nft list ruleset)" ""
refute "stop without a record leaves no dnsmasq" test -e /run/lxc/dnsmasq.pid
