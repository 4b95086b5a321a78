# One network over three hosts, by a static list of peers: see cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
cluster_begin 1 2 3
for n in 1 2 3; do
	cluster_settings $n "1 2 3"
	on $n sh -c "$(command -v nft) -s list ruleset; ip -br link; ip -br addr" >"/run/before.$n"
	expect "check on host $n" on $n "$BERTH_NET" check
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

for n in 1 2 3; do
	container $n "web$n" alice
	leased $n "web$n"
done
expect "a container reaches a container on another host" at 1 reaches4 web1 "$(lease 2 web2)"
expect "packets of the full MTU pass" \
	on 1 ip netns exec web1 ping -M "do" -s 1422 -c 2 -i 0.2 "$(lease 3 web3)"
for _ in $(seq 50); do [ -z "$(global6 2 web2)" ] || break; sleep 0.2; done
expect "a container reaches a container on another host over IPv6" \
	at 1 reaches6 web1 "$(global6 2 web2)"
for n in 1 2 3; do expect "the gateway is host $n" at $n reaches4 "web$n" 10.88.0.1; done
equal "only one gateway answers" "$(on 1 ip netns exec web1 ping -c 1 10.88.0.1 | grep -c DUP)" 0
expect "a name of another host resolves" \
	at 1 resolves web1 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
expect "a name of this host resolves" at 1 resolves web1 web1.h1.lxc 10.88.0.1 "$(lease 1 web1)"

# The name server answers on the underlay only to the other hosts.
ask() { timeout 3 python3 "$LAB/echo.py" resolve "$1" "$2"; }
equal "the name server answers a peer" \
	"$(on 3 python3 "$LAB/echo.py" resolve web1.h1.lxc 192.0.2.1)" \
	"$(lease 1 web1)"
equal "the name server answers no other host" "$(ask web1.h1.lxc 192.0.2.1)" ""
cat >/run/client.sh <<'CLIENT'
#!/bin/sh
CLIENT
chmod +x /run/client.sh
refute "no DHCP server answers on the underlay" \
	timeout 6 busybox udhcpc -i ul -n -q -t 2 -T 1 -s /run/client.sh

lab_echo_here() {
	python3 "$LAB/echo.py" serve tcp 7 </dev/null >/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	until ss -Hltn 'sport = :7' | grep -q .; do sleep 0.1; done
}
lab_echo_here
for n in 1 2 3; do
	equal "host $n masquerades packets of its container" \
		"$(at $n asks "web$n" tcp 192.0.2.254 7)" "192.0.2.$n"
done

# Isolation across hosts.
container 1 b1 bob
fixed 1 b1 10.88.100.1
container 2 b2 bob
fixed 2 b2 10.88.100.2
expect "an isolated container reaches the gateway" at 1 reaches4 b1 10.88.0.1
refute "an isolated container does not reach an isolated container of another host" \
	at 1 reaches4 b1 10.88.100.2
refute "an isolated container reaches no other container of another host" \
	at 1 reaches4 b1 "$(lease 2 web2)"
refute "a container of another host does not reach an isolated container" \
	at 2 reaches4 web2 10.88.100.1

# A dropped packet is not answered.
unanswered() { # unanswered HOST NAME KIND ADDRESS PORT
	cluster_from=$1
	cluster_name=$2
	shift 2
	! timeout 4 nsenter -t "$(cat "/run/h$cluster_from/pid")" -m -n -p -- \
		ip netns exec "$cluster_name" python3 "$LAB/echo.py" ask "$@"
}

# Forged VXLAN, with a positive control: the host itself can send it.
listens 2 b2
forge 1 - 192.0.2.2 "$(hardware 2 b2)"
refute "the tunnel port is isolated from isolated containers" received 2 b2
listens 2 web2
forge 1 - 192.0.2.2 "$(hardware 2 web2)"
expect "a VXLAN packet of a host of the cluster is accepted" received 2 web2
on 2 sh -c ': >/run/forged.web2'
forge 1 b1 192.0.2.2 "$(hardware 2 web2)"
forge 1 web1 192.0.2.2 "$(hardware 2 web2)"
forge 2 b2 192.0.2.2 "$(hardware 2 web2)"
forge 2 b2 10.88.0.1 "$(hardware 2 web2)"
refute "VXLAN packets of containers are dropped" received 2 web2
on 1 python3 "$LAB/echo.py" serve tcp 179 </dev/null >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
until on 1 ss -Hltn 'sport = :179' | grep -q .; do sleep 0.1; done
equal "a host reaches the BGP port of another host" \
	"$(on 2 python3 "$LAB/echo.py" ask tcp 192.0.2.1 179)" 192.0.2.2
for n in 1 2; do
	expect "a container of host $n does not reach the BGP port" \
		unanswered $n web$n tcp 192.0.2.1 179
done

# macfilter and ipfilter: frames from the tunnel take no address from a NIC of this host.
container 1 m1 carol
fixed 1 m1 10.88.102.1
container 1 f1 dave
expect "a container with ipfilter gets a lease" at 1 lab_lease f1
expect "a container with macfilter is reached from another host" at 2 reaches4 web2 10.88.102.1
expect "a container with ipfilter is reached from another host" at 2 reaches4 web2 "$(lease 1 f1)"
container 2 thief alice
on 2 ip -n thief link set eth0 down
on 2 ip -n thief link set eth0 address "$(hardware 1 m1)"
on 2 ip -n thief link set eth0 up
fixed 2 thief 10.88.103.1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
expect "a neighbor on its host still reaches the container with macfilter" \
	at 1 reaches4 web1 10.88.102.1
end_container 2 thief
container 2 thief alice
fixed 2 thief "$(lease 1 f1)"
on 2 ip netns exec thief busybox arping -U -c 3 -I eth0 "$(lease 1 f1)" >/dev/null 2>&1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
end_container 2 thief
# The same with a hardware address as of a NIC with ipfilter, from a host without the filter.
on 2 nft delete table bridge berth
container 2 thief alice
on 2 ip -n thief link set eth0 down
on 2 ip -n thief link set eth0 address b2:be:00:00:00:99
on 2 ip -n thief link set eth0 up
fixed 2 thief "$(lease 1 f1)"
on 2 ip netns exec thief busybox arping -U -c 3 -I eth0 "$(lease 1 f1)" >/dev/null 2>&1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
own() { on 1 ip netns exec web1 ip neigh show "$(lease 1 f1)" | grep -qi "$(hardware 1 f1)"; }
expect "a neighbor on its host still reaches the container with ipfilter" \
	at 1 reaches4 web1 "$(lease 1 f1)"
expect "the neighbor has the hardware address of the container with ipfilter" own
end_container 2 thief

# Peers change without losing packets of the others.
cluster_settings 1 "1 2"
lossless "a peer is removed" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
equal "only one peer is left" "$(on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00')" 1
cluster_settings 1 "1 2 3"
lossless "a peer is added" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
expect "a container of the added peer is reached again" at 1 reaches4 web1 "$(lease 3 web3)"
lossless "reload without a change" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
lossless "restart" 2 web2 "$(lease 1 web1)" on 2 "$BERTH_NET" restart

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

# Killed and started again.
on 1 sh -c 'kill -9 $(pidof "$1")' - "${BERTH_NET##*/}"
wait "$run" 2>/dev/null
lossless "start after kill -9" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" start
expect "the plan is empty after kill -9 and start" on 1 "$BERTH_NET" plan

# The uplink is lost and comes back.
on 2 ip link set up0 down
refute "a host without its uplink is not reached" at 1 reaches4 web1 "$(lease 2 web2)"
on 2 ip link set up0 up
expect "the host is reached again with its uplink" at 1 reaches4 web1 "$(lease 2 web2)"

# A container moves with its address; a third host talks to it.
container 1 roam alice
expect "the container gets a lease" at 1 lab_lease roam
equal "the container has the reserved address" "$(lease 1 roam)" 10.88.200.9
mac=$(hardware 1 roam)
on 3 ip netns exec web3 ping -D -i 0.05 -W 1 -w 20 10.88.200.9 >/run/ping 2>&1 &
pinging=$!
sleep 1
end_container 1 roam
container 2 roam alice
expect "the container gets a lease on another host" at 2 lab_lease roam
equal "the container keeps its hardware address" "$(hardware 2 roam)" "$mac"
on 2 ip netns exec roam busybox arping -U -c 2 -I eth0 10.88.200.9 >/dev/null 2>&1
wait "$pinging"
silent=$(silence /run/ping)
echo "a move took $silent ms"
expect "the move took less than 10 s" [ "$silent" -lt 10000 ]
expect "the moved container is reached on its new host" at 3 reaches4 web3 10.88.200.9

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
