# Ports of the host are forwarded to a container: for clients outside, on the host, and in
# containers.
source=40000
for dialect in true false; do
	[ "$dialect" = true ] && lab_outside
	lab_settings <<-END
		LXC_USE_NFT="$dialect"
		LXC_FORWARDS="tcp:2525=10.0.3.100:25 udp:5353=10.0.3.100:5300 tcp:8000-8001=10.0.3.100"
		LXC_DHCP_HOSTS="web,10.0.3.100"
	END
	expect "start succeeds with LXC_USE_NFT=$dialect" "$BERTH_NET" start
	if [ "$dialect" = true ]; then
		lab_container web
		lab_container db
		expect "web gets a lease" lab_lease web
		expect "db gets a lease" lab_lease db
		equal "web has the reserved address" "$(lab_address web)" 10.0.3.100
		lab_echo web tcp 25
		lab_echo web udp 5300
		lab_echo web tcp 8001
		db=$(lab_address db)
	else
		refute "no nftables table remains" nft list table inet berth_lxcbr0
	fi
	equal "a client outside is seen with its own address ($dialect)" \
		"$(asks outside tcp 192.0.2.1 2525)" 192.0.2.2
	equal "a range of ports is forwarded ($dialect)" "$(asks outside tcp 192.0.2.1 8001)" 192.0.2.2
	equal "UDP is forwarded ($dialect)" \
		"$(asks outside udp 192.0.2.1 5353)" 192.0.2.2
	equal "the host reaches the port ($dialect)" "$(asks host tcp 192.0.2.1 2525)" 192.0.2.1
	equal "another container reaches the port through the host ($dialect)" \
		"$(asks db tcp 192.0.2.1 2525)" 10.0.3.1
	equal "the container reaches its own port through the host ($dialect)" \
		"$(asks web tcp 192.0.2.1 2525)" 10.0.3.1
	equal "other ports are not forwarded ($dialect)" "$(asks outside tcp 192.0.2.1 26)" \
		"[Errno 111] Connection refused"
	equal "a UDP flow begins ($dialect)" "$(asks outside udp 192.0.2.1 5353 $source)" 192.0.2.2
	# db has no server.
	sed -i "s/udp:5353=10.0.3.100/udp:5353=$db/" /etc/default/lxc-net
	expect "reload changes the forward ($dialect)" "$BERTH_NET" reload
	equal "the UDP flow continues to its former target ($dialect)" \
		"$(asks outside udp 192.0.2.1 5353 $source)" 192.0.2.2
	equal "a new UDP flow has the new target ($dialect)" \
		"$(asks outside udp 192.0.2.1 5353 $((source + 1)))" "[Errno 111] Connection refused"
	source=50000
done
ip link del vweb
ip link del vdb
expect "stop succeeds" "$BERTH_NET" stop
equal "iptables has no rule of berth-net" \
	"$(iptables-save | grep -c berth; ip6tables-save | grep -c berth)" "0
0"
