# One network over three hosts, by a static list of peers: see cluster.sh and cluster-steps.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/cluster-steps.sh
. "$LAB/cluster-steps.sh"
cluster_begin 1 2 3
for n in 1 2 3; do
	cluster_settings $n "1 2 3"
	on $n sh -c "$(command -v nft) -s list ruleset; ip -br link; ip -br addr" >"/run/before.$n"
	expect "check succeeds on host $n" on $n "$BERTH_NET" check
	[ $n = 1 ] || expect "start succeeds on host $n" on $n "$BERTH_NET" start
done
on 1 "$BERTH_NET" run >/run/log 2>&1 </dev/null &
run=$!
started() { on 1 "$BERTH_NET" status | grep -q 'lxcbr0: up'; }
for _ in $(seq 100); do ! started || break; sleep 0.1; done
expect "the network of host 1 is up under berth-net run" started
expect "the plan is empty" on 1 "$BERTH_NET" plan
on 1 "$BERTH_NET" status >/run/status
expect "status names the tunnel" grep -q 'tunnel: vx100, VNI 100, from 192.0.2.1 to ' /run/status
port() { on "$1" ip -d link show vx100; }
expect "the port is isolated" sh -c 'echo "$1" | grep -q "isolated on"' - "$(port 2)"
expect "the port has the MTU of the underlay less 50" \
	sh -c 'echo "$1" | grep -q "mtu 1450 "' - "$(port 2)"
equal "the port has no IPv6 address" "$(on 2 ip -6 addr show dev vx100)" ""

cluster_containers
cluster_connects
# The name server answers on the underlay only to the other hosts.
ask() { timeout 3 python3 "$LAB/echo.py" resolve "$1" "$2"; }
equal "the name server answers a peer" \
	"$(on 3 python3 "$LAB/echo.py" resolve web1.h1.lxc 192.0.2.1)" \
	"$(lease 1 web1)"
equal "the name server answers no other host" "$(ask web1.h1.lxc 192.0.2.1)" ""
cluster_own_dhcp
refute "no DHCP server answers on the underlay" \
	timeout 6 busybox udhcpc -i ul -n -q -t 2 -T 1 -s /run/client.sh

cluster_isolates
on 1 python3 "$LAB/echo.py" serve tcp 179 </dev/null >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
until on 1 ss -Hltn 'sport = :179' | grep -q .; do sleep 0.1; done
equal "a host reaches the BGP port of another" \
	"$(on 2 python3 "$LAB/echo.py" ask tcp 192.0.2.1 179)" 192.0.2.2
cluster_refuses_forgery
cluster_filters movable

# Peers change without losing packets of the others.
cluster_settings 1 "1 2"
lossless "a peer is removed" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
equal "only one peer is left" "$(on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00')" 1
cluster_settings 1 "1 2 3"
lossless "a peer is added" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
expect "a container of the added peer is reached again" at 1 reaches4 web1 "$(lease 3 web3)"
cluster_restarts

# berth-net run restores what another program removes.
restored() {
	for _ in $(seq 200); do
		! on 1 "$BERTH_NET" plan >/run/plan 2>&1 || return 0
		sleep 0.1
	done
	cat /run/plan
	return 1
}
on 1 nft flush ruleset
expect "the guard is loaded again" restored
expect "the table of the guard exists" on 1 nft list table bridge berth_lxcbr0
on 1 ip link set vx100 nomaster
expect "the port is attached again" restored
on 1 ip link set vx100 down
expect "the port is brought up again" restored
on 1 ip link del vx100
expect "the port is created again" restored
on 1 bridge link set dev vx100 isolated off
on 1 ip link set vx100 alias changed
expect "the port is isolated again" restored
on 1 bridge fdb del 00:00:00:00:00:00 dev vx100 dst 192.0.2.3
expect "a peer is added again" restored
expect "the containers still reach each other" at 1 reaches4 web1 "$(lease 3 web3)"
# Without its guard, the port is down.
broken nft '*berth_lxcbr0*for*|*berth_lxcbr0*arriving*'
on 1 nft delete table bridge berth_lxcbr0
closed() { on 1 ip -br link show vx100 | grep -q ' DOWN '; }
for _ in $(seq 100); do ! closed || break; sleep 0.1; done
expect "the port is down without its guard" closed
repaired
on 1 ip link set up0 alias poke
expect "the plan is empty once nft works again" restored
expect "the port is up again with its guard" \
	sh -c '! echo "$1" | grep -q DOWN' - "$(on 1 ip -br link show vx100)"

# Everything is killed, and started again.
start_all() { for n in 1 2 3; do on $n "$BERTH_NET" start || return 1; done; }
cluster_kill
wait "$run" 2>/dev/null
lossless "start after kill -9" 1 web1 "$(lease 2 web2)" start_all
cluster_serves

# The uplink is lost and comes back.
on 2 ip link set up0 down
expect "a host without its uplink is not reached" unreached 1 web1 "$(lease 2 web2)"
on 2 ip link set up0 up
expect "the host is reached again with its uplink" at 1 reaches4 web1 "$(lease 2 web2)"

cluster_moves

# stop leaves the host as it was.
end_container 3 web3
expect "stop succeeds" on 3 "$BERTH_NET" stop
on 3 sh -c "$(command -v nft) -s list ruleset; ip -br link; ip -br addr" >/run/after.3
equal "stop restores the state of the host" "$(cat /run/after.3)" "$(cat /run/before.3)"
cluster_settings 1 ""
sed -i '/VXLAN\|DNS_PEERS/d' /run/h1/etc/default/lxc-net
expect "reload succeeds without a tunnel" on 1 "$BERTH_NET" reload
refute "reload removes the port" on 1 ip link show vx100
refute "reload removes the guard" on 1 nft list table bridge berth_lxcbr0
expect "stop succeeds with containers" on 2 "$BERTH_NET" stop
refute "stop removes the port although containers run" on 2 ip link show vx100
