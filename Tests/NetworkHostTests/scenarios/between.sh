# Two networks of Berth: no addresses are translated between them. With LXC_ISOLATE in one of them,
# no packets pass between them, in whichever order they are set up.
lab_outside
mkdir -p /etc/lxc/net.d
once() { # once COMMAND…: does not retry the command, because it must fail
	lab_tries=1
	"$@"
}
settings() { # settings ONE TWO: more settings of each
	echo "LXC_IPV6_ADDR=fd42:1::1 LXC_USE_NFT=$dialect $1" | lab_settings
	printf '%s\n' LXC_BRIDGE=lxcbr1 LXC_NETWORK=10.0.4.0/24 LXC_IPV6_ADDR=fd42:2::1 \
		"LXC_USE_NFT=$dialect" "$2" >/etc/lxc/net.d/two.conf
}
for dialect in true false; do
	settings "" ""
	expect "start succeeds" "$BERTH_NET" start
	lab_container one
	lab_container two lxcbr1
	for container in one two; do
		expect "$container gets a lease" lab_lease "$container"
		lab_echo "$container" tcp 80
	done
	one=$(lab_address one)
	two=$(lab_address two)
	ip -n one -6 addr add fd42:1::9/64 dev eth0 nodad
	ip -n two -6 addr add fd42:2::9/64 dev eth0 nodad
	ip -n one -6 route replace default via fd42:1::1
	ip -n two -6 route replace default via fd42:2::1
	lab_echo two tcp6 86
	equal "a container of the other network sees the source ($dialect)" \
		"$(asks one tcp "$two" 80)" "$one"
	equal "a container of the first network sees the source ($dialect)" \
		"$(asks two tcp "$one" 80)" "$two"
	equal "a container of the other network sees the source over IPv6 ($dialect)" \
		"$(asks one tcp6 fd42:2::9 86)" fd42:1::9
	lab_echo outside tcp 7000
	equal "the Internet sees the host ($dialect)" "$(asks one tcp 192.0.2.2 7000)" 192.0.2.1

	for isolated in 1 2; do
		[ $isolated = 1 ] && settings LXC_ISOLATE=true "" || settings "" LXC_ISOLATE=true
		expect "reload succeeds" "$BERTH_NET" reload
		refute "network $isolated isolates, so one does not reach two ($dialect)" \
			once reaches4 one "$two"
		refute "network $isolated isolates, so two does not reach one ($dialect)" \
			once reaches4 two "$one"
		refute "network $isolated isolates, so one does not reach two over IPv6 ($dialect)" \
			once reaches6 one fd42:2::9
		expect "one reaches the Internet ($dialect)" reaches4 one 192.0.2.2
		expect "two reaches the Internet ($dialect)" reaches4 two 192.0.2.2
		expect "the plan is empty" "$BERTH_NET" plan
		# Load the rules of the second network last, above the existing rules.
		nft delete table inet berth_lxcbr1 2>/dev/null
		iptables-save | grep -v 'berth-net:lxcbr1' | iptables-restore
		expect "reload succeeds" "$BERTH_NET" reload
		refute "one does not reach two if the second network's rules come last ($dialect)" \
			once reaches4 one "$two"
		refute "two does not reach one if the second network's rules come last ($dialect)" \
			once reaches4 two "$one"
	done
	settings LXC_ISOLATE=true "LXC_FORWARDS=tcp:8080=$two:80"
	expect "reload succeeds" "$BERTH_NET" reload
	equal "a forwarded port is reached from the isolated network ($dialect)" \
		"$(asks one tcp 192.0.2.1 8080)" "$one"
	settings "" ""
	expect "reload succeeds" "$BERTH_NET" reload
	expect "one reaches two again ($dialect)" reaches4 one "$two"
	rm /etc/lxc/net.d/two.conf
	ip link del vtwo
	ip netns del two
	expect "the second network is removed" "$BERTH_NET" reload
	expect "the plan is empty" "$BERTH_NET" plan
	equal "the rules no longer name the bridge of the second network" \
		"$(nft list ruleset | grep -c lxcbr1; iptables-save | grep -c lxcbr1)" "0
0"
	ip link del vone
	ip netns del one
	expect "stop succeeds" "$BERTH_NET" stop
done
