# One network over two hosts, with IPv6 underneath and the rules of iptables: see cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
cluster_begin 1 2
underlay=2001:db8::
for n in 1 2; do
	cluster_settings $n "1 2" LXC_USE_NFT=false
	expect "start succeeds on host $n" on $n "$BERTH_NET" start
	expect "the plan of host $n is empty" on $n "$BERTH_NET" plan
	container $n "web$n" alice
	leased $n "web$n"
done
expect "the port has the MTU of the underlay less 70" \
	sh -c 'echo "$1" | grep -q "mtu 1430 "' - "$(on 1 ip link show vx100)"
expect "a container reaches a container on another host" at 1 reaches4 web1 "$(lease 2 web2)"
expect "packets of the full MTU pass" \
	on 1 ip netns exec web1 ping -M "do" -s 1402 -c 2 -i 0.2 "$(lease 2 web2)"
for _ in $(seq 50); do [ -z "$(global6 2 web2)" ] || break; sleep 0.2; done
expect "a container reaches a container on another host over IPv6" \
	at 1 reaches6 web1 "$(global6 2 web2)"
expect "a name of another host resolves" \
	at 1 resolves web1 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
equal "the name server answers a peer" \
	"$(on 2 python3 "$LAB/echo.py" resolve web1.h1.lxc 2001:db8::1)" \
	"$(lease 1 web1)"
equal "the name server answers no other host" \
	"$(timeout 3 python3 "$LAB/echo.py" resolve web1.h1.lxc 2001:db8::1)" ""

# Containers cannot forge VXLAN by IPv6, although the host can.
listens 2 web2
forge 1 - 2001:db8::2 "$(hardware 2 web2)"
expect "a VXLAN packet of a host of the cluster is accepted" received 2 web2
on 2 sh -c ': >/run/forged.web2'
for _ in 1 2 3; do
	forge 1 web1 2001:db8::2 "$(hardware 2 web2)"
	forge 2 web2 2001:db8::2 "$(hardware 2 web2)"
done
refute "VXLAN packets of containers are dropped" received 2 web2
cluster_settings 1 "1 2 3" LXC_USE_NFT=false
lossless "a peer is added" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
equal "the port has two peers" "$(on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00')" 2
cluster_settings 1 "1 2"
lossless "the dialect changes" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
expect "the plan is empty with the other dialect" on 1 "$BERTH_NET" plan
for n in 1 2; do
	end_container $n web$n
	expect "stop succeeds on host $n" on $n "$BERTH_NET" stop
	equal "no rules are left on host $n" "$(on $n nft list ruleset | grep -c berth)" 0
	refute "no VXLAN port is left on host $n" on $n ip link show vx100
done
