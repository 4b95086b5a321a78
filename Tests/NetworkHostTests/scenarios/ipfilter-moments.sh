# A container with ipfilter sends frames with others' addresses all the time. None passes while its
# NIC is new, while berth-net is not there or restarts, and while the bridge or its address is lost.
[ -n "$BERTH_NIC" ] || skip "no BERTH_NIC: run make"
lab_first_process ipfilter-moments
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
lab_outside
lab_user alice ipfilter
lab_user bob
settings() { # settings [LINE…]
	printf '%s\n' LXC_IPV6_ADDR=fd42::1 LXC_NAT=false $narrow_range "$@" | lab_settings
}
settings
expect "start" "$BERTH_NET" start
lab_real_nic web alice
lab_real_nic near bob
for name in web near; do
	expect "$name has a lease" lab_lease $name
	expect "$name has an IPv6 address" has_ipv6 $name
done
echo "{\"victim\": $(party eth0 -n web), \"gateway\": $(party lxcbr0)}" >/run/facts
attackers=
new_evil() { # creates the attacker, which begins at once
	lab_real_nic evil alice
	ip netns exec evil python3 "$LAB/attacks.py" flood /run/facts &
	attackers=$!
	lab_servers="$lab_servers $!"
	sleep 0.5
}
lab_watchers=
watch_frames /run/seen.web eth0 ip netns exec web
watch_frames /run/seen.near eth0 ip netns exec near
lab_servers="$lab_servers $lab_watchers"
quiet() { # quiet MOMENT: nobody has received a frame of the attacker
	sleep 0.3
	equal "$1" "$(cat /run/seen.web /run/seen.near | grep -c MK)" 0
}
uses() { # uses CONTAINER ADDRESS: the container reaches the gateway with this address
	ip netns exec "$1" ping -c 2 -i 0.1 -W 1 -I "$2" 10.0.3.1
}

new_evil
quiet "a NIC that was just created"
expect "it gets a lease" lab_lease evil
expect "and can use it" reaches4 evil 10.0.3.1
first=$(lab_address evil)

ip netns exec near ping -i 0.02 -c 200 -W 1 "$(lab_address web)" >/run/pings &
pings=$!
for verb in reload restart reload; do expect "$verb" "$BERTH_NET" $verb; done
wait $pings
expect "no packet to a filtered container is lost" grep -q ' 0% packet loss' /run/pings
quiet "berth-net reloads and restarts"

kill -9 "$(cat /run/lxc/dnsmasq.pid)"
rm /var/lib/misc/dnsmasq.lxcbr0.leases
quiet "dnsmasq and its leases are lost"
expect "reload" "$BERTH_NET" reload
quiet "and are back"
refute "an address without a lease is no longer the container's" uses evil "$first"
expect "a new lease is" lab_lease evil
expect "in use" reaches4 evil 10.0.3.1
expect "also for the victim" lab_lease web
first=$(lab_address evil)

settings 'LXC_DHCP_HOSTS="alice/evil,10.0.3.17"'
expect "reload with a reservation" "$BERTH_NET" reload
expect "the container keeps its address until it asks again" uses evil "$first"
expect "it asks" lab_lease evil
equal "and gets the reserved one" "$(lab_address evil)" 10.0.3.17
expect "which it can use" uses evil 10.0.3.17
expect "reload" "$BERTH_NET" reload
ip -n evil addr add "$first/24" dev eth0
refute "and no longer the former one" uses evil "$first"
ip -n evil addr del "$first/24" dev eth0
quiet "the address changes"

# A guest whose IPv6 addresses do not depend on its hardware address.
lab_real_nic private alice
conf=/proc/sys/net/ipv6/conf/eth0
ip -n private link set eth0 down
ip netns exec private sh -c "echo 2001:db8::1234 >$conf/stable_secret
	echo 2 >$conf/addr_gen_mode; echo 2 >$conf/use_tempaddr"
ip -n private link set eth0 up
expect "private has an IPv6 address" has_ipv6 private
stable() { # the addresses of the guest that are not derived from its hardware address
	ip -n private -6 -o addr show dev eth0 scope global | sed -n 's,.*inet6 \([^/]*\)/.*,\1,p' |
		grep -v 'ff:fe'
}
equal "it has two, one of them temporary" "$(stable | wc -l)" 2
pings6() { # all of them reach the gateway
	for lab_address6 in $(stable); do
		ip netns exec private ping -6 -c 1 -W 1 -I "$lab_address6" fd42::1 || return 1
	done
	[ -n "$(stable)" ]
}
expect "they reach the gateway" soon pings6

"$BERTH_NET" run 2>/run/log &
service=$!
sleep 2
kill -9 $service
wait $service
quiet "berth-net is killed"
"$BERTH_NET" run 2>/run/log &
service=$!
sleep 2
ip link del lxcbr0
attached() { ip link show "$(lab_port "$1")" | grep -q 'master lxcbr0.*state UP'; }
expect "a lost bridge is back with its NICs" soon attached evil
expect "also that of the guest" soon attached private
expect "the lease is known" reaches4 evil 10.0.3.1
expect "and the IPv6 addresses" soon pings6
quiet "the bridge is lost"

# The container starts again, with the same address, and another one takes over nothing meanwhile.
kill $attackers
before=$(lab_hardware evil)
lab_end_container evil
new_evil
equal "the address is the same" "$(lab_hardware evil)" "$before"
expect "the lease, too" lab_lease evil
equal "by its reservation" "$(lab_address evil)" 10.0.3.17
quiet "the container starts again"
kill $service
wait $service

# A NIC that lost its bridge stays cut off while the filter cannot be loaded.
broken nft '*"bridge berth"*'
ip link del lxcbr0
/usr/sbin/nft delete table bridge berth
"$BERTH_NET" start >/run/start 2>&1
refute "without its filter it is not attached" attached evil
expect "which is reported" grep -q "$(lab_port evil) is not attached, because" /run/start
expect "a NIC without ipfilter is" attached near
repaired
expect "start" "$BERTH_NET" start
expect "with its filter it is attached" attached evil
quiet "the filter cannot be loaded"

# The lease of a container that stopped is released, but not while the filter still has it.
kill $attackers
lab_end_container evil
leased() { grep -q ' 10.0.3.17 ' /var/lib/misc/dnsmasq.lxcbr0.leases; }
expect "evil has a lease" leased
broken nft '*"delete element bridge berth lease"*'
"$BERTH_NET" start >/dev/null 2>&1
sleep 0.5
expect "it stays while the filter has it" leased
repaired
expect "start" "$BERTH_NET" start
released() { ! leased && ! leases | grep -q '10\.0\.3\.77'; }
expect "then it is released" soon released

# The tests above fail with the naive forms of the filter.
lab_real_nic fresh alice
lab_real_nic other alice
naive() { # naive SED-SCRIPT: loads the table with a change
	nft list table bridge berth >/run/table
	sed "$1" /run/table >/run/naive
	refute "the naive form differs: $1" cmp -s /run/table /run/naive
	nft delete table bridge berth
	nft -f /run/naive
}
restore() { nft delete table bridge berth; "$BERTH_NET" start >/dev/null 2>&1; }
naive 's/update @lease {.*$/counter/'
refute "if leases come from a script, the first packet is lost" first_packet fresh
restore
expect "the kernel itself adds them" first_packet other
nft flush set bridge berth own6
nft flush set bridge berth owned6
naive 's/goto new_claim/ether saddr . @th,128,64 @eui64 goto new_claim/'
again() { # the guest claims its addresses again
	ip -n private link set eth0 down
	ip -n private link set eth0 up
	has_ipv6 private
}
again
refute "if only derived IPv6 addresses may pass, guests with others are cut off" pings6
restore
again
expect "they are not" soon pings6
new_evil
quiet "the filter is complete"
nft delete table bridge berth
sleep 0.5
expect "without a filter, the attacks succeed" grep -q MK /run/seen.near
