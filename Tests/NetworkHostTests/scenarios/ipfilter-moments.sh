# A container with ipfilter sends frames with others' addresses all the time. None passes while its
# NIC is new, while berth-net is stopped or restarting, or while the bridge or its address is lost.
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
expect "start succeeds" "$BERTH_NET" start
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
quiet() { # quiet MOMENT: neither container has received a frame of the attacker
	sleep 0.3
	equal "no frame of the attacker arrives while $1" \
		"$(cat /run/seen.web /run/seen.near | grep -c MK)" 0
}
uses() { # uses CONTAINER ADDRESS: the container reaches the gateway with this address
	ip netns exec "$1" ping -c 2 -i 0.1 -W 1 -I "$2" 10.0.3.1
}

new_evil
quiet "its NIC is new"
expect "the attacker gets a lease" lab_lease evil
expect "the attacker can use its lease" reaches4 evil 10.0.3.1
first=$(lab_address evil)

ip netns exec near ping -i 0.02 -c 200 -W 1 "$(lab_address web)" >/run/pings &
pings=$!
for verb in reload restart reload; do
	expect "$verb succeeds while filtered containers run" "$BERTH_NET" $verb
done
wait $pings
expect "no packet to a filtered container is lost" grep -q ' 0% packet loss' /run/pings
quiet "berth-net reloads and restarts"

kill -9 "$(cat /run/lxc/dnsmasq.pid)"
rm /var/lib/misc/dnsmasq.lxcbr0.leases
quiet "dnsmasq and its leases are lost"
expect "reload succeeds" "$BERTH_NET" reload
quiet "dnsmasq runs again"
refute "an address without a lease is no longer the container's" uses evil "$first"
expect "the container gets a new lease" lab_lease evil
expect "the container can use its new lease" reaches4 evil 10.0.3.1
expect "the victim gets a new lease, too" lab_lease web
first=$(lab_address evil)

settings 'LXC_DHCP_HOSTS="alice/evil,10.0.3.17"'
expect "reload succeeds with a reservation" "$BERTH_NET" reload
expect "the container keeps its address until it asks again" uses evil "$first"
expect "the container renews its lease" lab_lease evil
equal "the container gets the reserved address" "$(lab_address evil)" 10.0.3.17
expect "the container can use the reserved address" uses evil 10.0.3.17
expect "reload succeeds" "$BERTH_NET" reload
ip -n evil addr add "$first/24" dev eth0
refute "the container cannot use its former address" uses evil "$first"
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
equal "private has two other IPv6 addresses, one of them temporary" "$(stable | wc -l)" 2
pings6() { # all of them reach the gateway
	for lab_address6 in $(stable); do
		ip netns exec private ping -6 -c 1 -W 1 -I "$lab_address6" fd42::1 || return 1
	done
	[ -n "$(stable)" ]
}
expect "private reaches the gateway from both IPv6 addresses" soon pings6

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
expect "the attacker's NIC is attached to the restored bridge" soon attached evil
expect "the guest's NIC is attached to the restored bridge" soon attached private
expect "the restored filter contains the lease" reaches4 evil 10.0.3.1
expect "the restored filter contains the guest's IPv6 addresses" soon pings6
quiet "the bridge is lost"

# A container that is restarted keeps its address, and no frame of it passes in the meantime.
kill $attackers
before=$(lab_hardware evil)
lab_end_container evil
new_evil
equal "the restarted container has its former hardware address" "$(lab_hardware evil)" "$before"
expect "the restarted container gets a lease" lab_lease evil
equal "the restarted container gets the reserved address" "$(lab_address evil)" 10.0.3.17
quiet "the container starts again"
kill $service
wait $service

# A NIC that lost its bridge stays cut off while the filter cannot be loaded.
broken nft '*"bridge berth"*'
ip link del lxcbr0
/usr/sbin/nft delete table bridge berth
"$BERTH_NET" start >/run/start 2>&1
refute "a NIC with ipfilter is not attached without its filter" attached evil
expect "start says that the NIC is not attached" \
	grep -q "$(lab_port evil) is not attached, because" /run/start
expect "a NIC without ipfilter is attached" attached near
repaired
expect "start succeeds" "$BERTH_NET" start
expect "the NIC is attached once the filter is loaded" attached evil
quiet "the filter cannot be loaded"

# The lease of a container that stopped is released, but not while the filter still has it.
kill $attackers
lab_end_container evil
leased() { grep -q ' 10.0.3.17 ' /var/lib/misc/dnsmasq.lxcbr0.leases; }
expect "evil has a lease" leased
broken nft '*"delete element bridge berth lease"*'
"$BERTH_NET" start >/dev/null 2>&1
sleep 0.5
expect "dnsmasq keeps the lease while the filter contains it" leased
repaired
expect "start succeeds" "$BERTH_NET" start
released() { ! leased && ! leases | grep -q '10\.0\.3\.17$'; }
expect "the lease is released once it is removed from the filter" soon released

# The tests above fail with simpler versions of the filter.
lab_real_nic fresh alice
lab_real_nic other alice
naive() { # naive SED-SCRIPT: loads the table with a change
	nft list table bridge berth >/run/table
	sed "$1" /run/table >/run/naive
	refute "the simpler filter differs: $1" cmp -s /run/table /run/naive
	nft delete table bridge berth
	nft -f /run/naive
}
restore() { nft delete table bridge berth; "$BERTH_NET" start >/dev/null 2>&1; }
naive 's/update @lease {.*$/counter/'
refute "if leases come from a script, the first packet is lost" first_packet fresh
restore
expect "the first packet passes if the kernel adds the lease to the filter" first_packet other
nft flush set bridge berth own6
nft flush set bridge berth owned6
naive 's/goto new_claim/ether saddr . @th,128,64 @eui64 goto new_claim/'
again() { # the guest claims its addresses again
	ip -n private link set eth0 down
	ip -n private link set eth0 up
	has_ipv6 private
}
again
refute "without claims, IPv6 addresses not derived from the hardware address fail" pings6
restore
again
expect "with the whole filter, the guest's IPv6 addresses can be used" soon pings6
new_evil
quiet "the filter is complete"
nft delete table bridge berth
sleep 0.5
expect "without a filter, the attacks succeed" grep -q MK /run/seen.near
