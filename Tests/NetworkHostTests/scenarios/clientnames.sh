# A host that relies on the names that containers send is upgraded to managed names: containers that
# run keep their names, addresses and connections; their next start gives them managed names.
lab_outside
lab_users
hostname myhost
rm -f /etc/resolv.conf
: >/etc/resolv.conf
told() { python3 "$LAB/echo.py" resolve "$1" 10.0.3.1 2>/dev/null; }
# As an earlier version set it up.
printf '%s\n' LXC_DNS_NAMES=client LXC_DHCP_HOSTS=web,10.0.3.9 | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
lab_container db
lab_container vm
for name in web db vm; do lab_lease $name; done
equal "a reservation by name assigns the address" "$(lab_address web)" 10.0.3.9
db=$(lab_address db)
vm=$(lab_address vm)
equal "containers have the names that they send" "$(told web) $(told db)" "10.0.3.9 $db"
refute "containers have no domain" grep -q lxc /run/lxc/dnsmasq.lxcbr0.names

echo LXC_DHCP_HOSTS=web,10.0.3.9 | lab_settings
"$BERTH_NET" plan >/run/plan 2>/run/warnings
expect "plan says what changes for dnsmasq" grep -q \
	'dnsmasq restarts, .*with --dhcp-ignore-names=tag:berth-nic' /run/plan
ip netns exec web ping -i 0.01 -c 200 192.0.2.2 >/run/pings 2>&1 &
pings=$!
expect "reload changes to managed names" "$BERTH_NET" reload
wait $pings
expect "no packet is lost" grep -q '200 received' /run/pings
expect "the plan is empty after the change" "$BERTH_NET" plan
equal "running containers keep their names" "$(told web) $(told db)" "10.0.3.9 $db"
equal "running containers get the domain" "$(told web.lxc)" 10.0.3.9
for name in web db; do lab_lease $name; done
equal "running containers renew their leases" "$(lab_address web) $(lab_address db)" "10.0.3.9 $db"

# Their next start: berth-nic gives them an address of its own blocks.
ip link del vdb
ip link del vweb
lab_nic db alice db
lab_nic web alice web
lab_lease db
lab_lease web
expect "reload succeeds" "$BERTH_NET" reload
new=$(lab_address db)
equal "db has its name with the user" "$(told db.alice.lxc)" "$new"
equal "its former name stays with the lease that has it" "$(told db)" "$db"
refute "a reservation by name does not apply to a NIC of berth-nic" \
	[ "$(lab_address web)" = 10.0.3.9 ]
"$BERTH_NET" check >/dev/null 2>/run/warnings
expect "check quotes the reservation that has no effect, and the line to write" \
	grep -q '"web,10.0.3.9" does not apply to alice/web, .*write "alice/web,10.0.3.9"' /run/warnings
echo LXC_DHCP_HOSTS=alice/web,10.0.3.9 | lab_settings
"$BERTH_NET" reload >/dev/null 2>/run/warnings
expect "reload warns that the line has no effect while the lease of the former NIC lasts" \
	grep -q '"alice/web,10.0.3.9" has no effect yet' /run/warnings
# As when the leases of the former NICs have ended.
kill "$(cat /run/lxc/dnsmasq.pid)"
while pgrep -F /run/lxc/dnsmasq.pid >/dev/null 2>&1; do sleep 0.1; done
sed -i "/ 10.0.3.9 /d; / $db /d" /var/lib/misc/dnsmasq.lxcbr0.leases
expect "reload starts dnsmasq again" "$BERTH_NET" reload
lab_lease web
equal "web gets the reserved address again" "$(lab_address web)" 10.0.3.9
expect "reload succeeds" "$BERTH_NET" reload
equal "web has its names again" "$(told web) $(told web.alice.lxc)" "10.0.3.9 10.0.3.9"
equal "db has all its names" "$(told db) $(told db.lxc) $(told db.alice.lxc)" "$new $new $new"
equal "a virtual machine kept its name throughout" "$(told vm)" "$vm"

# Back to names of clients.
printf '%s\n' LXC_DNS_NAMES=client LXC_DHCP_HOSTS=web,10.0.3.9 | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
lab_lease db -x hostname:other
equal "a container registers the name that it sends" "$(told other)" "$(lab_address db)"
for port in nweb ndb vvm; do ip link del $port; done
expect "stop succeeds" "$BERTH_NET" stop
