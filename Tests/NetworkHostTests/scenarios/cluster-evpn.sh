# One network over three hosts, by BGP EVPN: FRR on each host, and two route reflectors, with the
# examples of berth-cluster(7). See cluster.sh and cluster-steps.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/cluster-steps.sh
. "$LAB/cluster-steps.sh"
# shellcheck source=Tests/NetworkHostTests/routers.sh
. "$LAB/routers.sh"
has_frr
/usr/lib/frr/bgpd --version | head -n 1
cluster_begin 1 2 3 8 9

peers() { on "$1" bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00'; }
become() { # become NUMBER HOST…: each host has this number of peers
	become_number=$1
	shift
	for _ in $(seq 300); do
		become_all=yes
		for n; do [ "$(peers "$n")" = "$become_number" ] || become_all=; done
		[ -z "$become_all" ] || return 0
		sleep 0.1
	done
	return 1
}

for n in 1 2 3; do
	names=
	for m in 1 2 3; do [ $m = $n ] || names="$names h$m.lxc=192.0.2.$m"; done
	cluster_settings $n evpn
	on $n "$BERTH_NET" run >"/run/log.$n" 2>&1 </dev/null &
done
port_exists() { on "$1" ip link show vx100; }
for n in 1 2 3; do
	for _ in $(seq 100); do ! port_exists $n || break; sleep 0.1; done >/dev/null 2>&1
	expect "the network of host $n is up under berth-net run" port_exists $n
done
learning() { on "$1" ip -d link show vx100 | grep -q 'nolearning'; }
expect "the port learns no addresses" learning 1
expect "the port has no peer before BGP runs" sh -c '[ "$1" = 0 ]' - "$(peers 1)"

# The TCP MD5 password of host 3 differs from that of the reflectors.
timers=' neighbor reflectors timers 3 9
 neighbor reflectors timers connect 1'
for n in 8 9; do
	{
		example frr-reflector | sed "s/router-id .*/router-id 192.0.2.$n/"
		printf 'router bgp 65000\n neighbor hosts timers 3 9\n'
	} | frr $n
done
for n in 1 2 3; do
	{
		example frr-host | sed "s/router-id .*/router-id 192.0.2.$n/"
		printf 'router bgp 65000\n%s\n' "$timers"
	} | { [ $n = 3 ] && sed 's/SECRET/WRONG/' || cat; } | frr $n
done
expect "BGP finds the hosts with the right password" become 1 1 2
expect "they have sessions with both reflectors" sessions_become 1 2
# More than one attempt, once a second.
sleep 3
equal "the host with a wrong password has no session" "$(sessions 3)" 0
equal "nor does it know another host" "$(peers 3)" 0
failures() { on "$1" nstat -asz TcpExtTCPMD5Failure | awk '/MD5/ { print $2 }'; }
expect "the kernel of a reflector counts its packets" [ "$(failures 8)" -gt 1 ]
vtysh 3 'configure terminal' 'router bgp 65000' 'neighbor reflectors password SECRET' >/dev/null
expect "BGP finds all hosts with the right password" become 2 1 2 3

for n in 1 2 3; do
	expect "the plan of host $n is empty with the peers of BGP" on $n "$BERTH_NET" plan
done
cluster_containers
on 1 "$BERTH_NET" status >/run/status
expect "status names the peers" grep -q 'tunnel: vx100, .*192.0.2.3.* by EVPN' /run/status
cluster_connects
cluster_own_dhcp
# At the same time, one reflector of two is lost. The hold time of its sessions is 9 s.
on 1 ip netns exec web1 ping -i 0.05 -w 15 "$(lease 2 web2)" >/run/reflector 2>&1 &
pinging=$!
sleep 0.5
ip link set u8 down
cluster_isolates
cluster_refuses_forgery
expect "the sessions with the lost reflector end" sessions_become 1 1
wait "$pinging"
expect "no packet is lost when a reflector is lost ($(grep loss /run/reflector))" \
	grep -q ' 0% packet loss' /run/reflector
ip link set u8 up
cluster_filters sticky
cluster_restarts

# The BGP daemon of a host is restarted.
on 1 ip netns exec web1 ping -D -i 0.05 -W 1 -w 9 "$(lease 2 web2)" >/run/ping 2>&1 &
pinging=$!
sleep 1
end_bgpd 2
bgpd 2
wait "$pinging"
silent=$(silence /run/ping)
echo "a restart of bgpd: $silent ms without a reply"
expect "the restart took less than 8 s" [ "$silent" -lt 8000 ]
expect "each host has the others as peers again" become 2 1 2 3

# A host leaves, and comes back.
on 3 sh -c 'kill -9 $(pidof "$1")' - "${BERTH_NET##*/}"
lossless "host 3 stops" 1 web1 "$(lease 2 web2)" on 3 "$BERTH_NET" stop
expect "host 3 is removed from the peers of the others" become 1 1 2
lossless "host 3 starts" 1 web1 "$(lease 2 web2)" on 3 "$BERTH_NET" start
expect "each host has the others as peers once more" become 2 1 2 3
expect "a container of host 3 is reached again" reached 1 web1 "$(lease 3 web3)"

cluster_moves
expect "no address counts as a duplicate" sh -c '! echo "$1" | grep -q 10.88' - \
	"$(vtysh 1 'show evpn arp-cache vni 100 duplicate')"

# The uplink is lost and comes back.
on 2 ip link set up0 down
expect "a host without its uplink is removed from the peers of the others" become 1 1 3
on 2 ip link set up0 up
on 2 ip -6 addr replace 2001:db8::2/64 dev up0 nodad
expect "the hosts find each other again" become 2 1 2 3
expect "the containers still reach each other" reached 1 web1 "$(lease 2 web2)"

# Everything is killed, and started again.
cluster_kill
for n in 1 2 3; do
	expect "start succeeds on host $n after kill -9" on $n "$BERTH_NET" start
	zebra $n
	bgpd $n
	vtysh $n 'configure terminal' 'router bgp 65000' 'neighbor reflectors password SECRET' \
		>/dev/null
done
expect "the hosts find each other after kill -9" become 2 1 2 3
cluster_serves

for n in 8 9 1 2 3; do end_frr $n; done
for n in 1 2 3; do
	end_container $n web$n
	case $n in
	1) for name in b1 m1 f1; do end_container 1 $name; done ;;
	2) end_container 2 b2 ;;
	esac
	expect "stop succeeds on host $n" on $n "$BERTH_NET" stop
	refute "no bridge is left on host $n" on $n ip link show lxcbr0
done
