# One network over three hosts, by a static list of peers: see cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
cluster_begin 1 2 3
for n in 1 2 3; do
	cluster_settings $n "1 2 3"
	on $n sh -c "$(command -v nft) -s list ruleset; ip -br link; ip -br addr" >"/run/before.$n"
	expect "check on host $n" on $n "$BERTH_NET" check
	[ $n = 1 ] || expect "start on host $n" on $n "$BERTH_NET" start
done
on 1 "$BERTH_NET" run >/run/log 2>&1 </dev/null &
run=$!
started() { on 1 "$BERTH_NET" status | grep -q 'lxcbr0: up'; }
for _ in $(seq 100); do ! started || break; sleep 0.1; done
expect "run on host 1" started
expect "one pass" on 1 "$BERTH_NET" plan
on 1 "$BERTH_NET" status >/run/status
expect "status names the tunnel" grep -q 'tunnel: vx100, VNI 100, from 192.0.2.1 to ' /run/status
port() { on "$1" ip -d link show vx100; }
expect "the port is isolated" sh -c 'echo "$1" | grep -q "isolated on"' - "$(port 2)"
expect "MTU" sh -c 'echo "$1" | grep -q "mtu 1450 "' - "$(port 2)"
equal "it has no IPv6" "$(on 2 ip -6 addr show dev vx100)" ""

for n in 1 2 3; do
	container $n "web$n" alice
	leased $n "web$n"
done
expect "across hosts" at 1 reaches4 web1 "$(lease 2 web2)"
expect "large packets" on 1 ip netns exec web1 ping -M "do" -s 1422 -c 2 -i 0.2 "$(lease 3 web3)"
for _ in $(seq 50); do [ -z "$(global6 2 web2)" ] || break; sleep 0.2; done
expect "by IPv6" at 1 reaches6 web1 "$(global6 2 web2)"
for n in 1 2 3; do expect "the gateway is host $n" at $n reaches4 "web$n" 10.88.0.1; done
equal "it answers once" "$(on 1 ip netns exec web1 ping -c 1 10.88.0.1 | grep -c DUP)" 0
expect "names across hosts" at 1 resolves web1 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
expect "own names" at 1 resolves web1 web1.h1.lxc 10.88.0.1 "$(lease 1 web1)"

# The name server answers on the underlay only to the other hosts.
ask() { timeout 3 python3 "$LAB/echo.py" resolve "$1" "$2"; }
equal "a peer is answered" "$(on 3 python3 "$LAB/echo.py" resolve web1.h1.lxc 192.0.2.1)" \
	"$(lease 1 web1)"
equal "others are not" "$(ask web1.h1.lxc 192.0.2.1)" ""
cat >/run/client.sh <<'CLIENT'
#!/bin/sh
CLIENT
chmod +x /run/client.sh
refute "no DHCP on the underlay" timeout 6 busybox udhcpc -i ul -n -q -t 2 -T 1 -s /run/client.sh

lab_echo_here() {
	python3 "$LAB/echo.py" serve tcp 7 </dev/null >/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	until ss -Hltn 'sport = :7' | grep -q .; do sleep 0.1; done
}
lab_echo_here
for n in 1 2 3; do
	equal "NAT at host $n" "$(at $n asks "web$n" tcp 192.0.2.254 7)" "192.0.2.$n"
done

# Isolation across hosts.
container 1 b1 bob
fixed 1 b1 10.88.100.1
container 2 b2 bob
fixed 2 b2 10.88.100.2
expect "an isolated container reaches the gateway" at 1 reaches4 b1 10.88.0.1
refute "not an isolated one of another host" at 1 reaches4 b1 10.88.100.2
refute "nor any other there" at 1 reaches4 b1 "$(lease 2 web2)"
refute "which does not reach it either" at 2 reaches4 web2 10.88.100.1

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
expect "a host of the cluster is believed" received 2 web2
on 2 sh -c ': >/run/forged.web2'
forge 1 b1 192.0.2.2 "$(hardware 2 web2)"
forge 1 web1 192.0.2.2 "$(hardware 2 web2)"
forge 2 b2 192.0.2.2 "$(hardware 2 web2)"
forge 2 b2 10.88.0.1 "$(hardware 2 web2)"
refute "no container is" received 2 web2
on 1 python3 "$LAB/echo.py" serve tcp 179 </dev/null >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
until on 1 ss -Hltn 'sport = :179' | grep -q .; do sleep 0.1; done
equal "BGP from a host" "$(on 2 python3 "$LAB/echo.py" ask tcp 192.0.2.1 179)" 192.0.2.2
for n in 1 2; do
	expect "BGP from a container of host $n" unanswered $n web$n tcp 192.0.2.1 179
done

# macfilter and ipfilter: what is held here is not taken by frames from the tunnel.
container 1 m1 carol
fixed 1 m1 10.88.102.1
container 1 f1 dave
expect "a lease with ipfilter" at 1 lab_lease f1
expect "macfilter across hosts" at 2 reaches4 web2 10.88.102.1
expect "ipfilter across hosts" at 2 reaches4 web2 "$(lease 1 f1)"
container 2 thief alice
on 2 ip -n thief link set eth0 down
on 2 ip -n thief link set eth0 address "$(hardware 1 m1)"
on 2 ip -n thief link set eth0 up
fixed 2 thief 10.88.103.1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
expect "macfilter holds on its host" at 1 reaches4 web1 10.88.102.1
end_container 2 thief
container 2 thief alice
fixed 2 thief "$(lease 1 f1)"
on 2 ip netns exec thief busybox arping -U -c 3 -I eth0 "$(lease 1 f1)" >/dev/null 2>&1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
end_container 2 thief
# The same with a hardware address of a NIC with ipfilter elsewhere, from a host where none has it.
on 2 nft delete table bridge berth
container 2 thief alice
on 2 ip -n thief link set eth0 down
on 2 ip -n thief link set eth0 address b2:be:00:00:00:99
on 2 ip -n thief link set eth0 up
fixed 2 thief "$(lease 1 f1)"
on 2 ip netns exec thief busybox arping -U -c 3 -I eth0 "$(lease 1 f1)" >/dev/null 2>&1
on 2 ip netns exec thief ping -c 3 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
own() { on 1 ip netns exec web1 ip neigh show "$(lease 1 f1)" | grep -qi "$(hardware 1 f1)"; }
expect "ipfilter holds on its host" at 1 reaches4 web1 "$(lease 1 f1)"
expect "its neighbor knows the true address" own
end_container 2 thief

# Peers change without losing packets of the others.
cluster_settings 1 "1 2"
lossless "a peer is removed" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
equal "only one entry is left" "$(on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00')" 1
cluster_settings 1 "1 2 3"
lossless "a peer is added" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
expect "it is reached again" at 1 reaches4 web1 "$(lease 3 web3)"
lossless "reload without a change" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
lossless "restart" 2 web2 "$(lease 1 web1)" on 2 "$BERTH_NET" restart

# What somebody takes away, run restores.
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
expect "it exists" on 1 nft list table bridge berth_lxcbr0
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
expect "across hosts, after all" at 1 reaches4 web1 "$(lease 3 web3)"
# Without its guard, the port is down.
broken nft '*berth_lxcbr0*for*|*berth_lxcbr0*arriving*'
on 1 nft delete table bridge berth_lxcbr0
closed() { on 1 ip -br link show vx100 | grep -q ' DOWN '; }
for _ in $(seq 100); do ! closed || break; sleep 0.1; done
expect "an unguarded port is closed" closed
repaired
on 1 ip link set up0 alias poke
expect "it is opened with its guard" restored
expect "and is up" sh -c '! echo "$1" | grep -q DOWN' - "$(on 1 ip -br link show vx100)"

# Killed and started again.
on 1 sh -c 'kill -9 $(pidof "$1")' - "${BERTH_NET##*/}"
wait "$run" 2>/dev/null
lossless "start after kill -9" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" start
expect "one pass after it" on 1 "$BERTH_NET" plan

# The uplink is lost and comes back.
on 2 ip link set up0 down
refute "without its uplink" at 1 reaches4 web1 "$(lease 2 web2)"
on 2 ip link set up0 up
expect "with it" at 1 reaches4 web1 "$(lease 2 web2)"

# A container moves with its address; a third host talks to it.
container 1 roam alice
expect "a reserved lease" at 1 lab_lease roam
equal "the reserved address" "$(lease 1 roam)" 10.88.200.9
mac=$(hardware 1 roam)
on 3 ip netns exec web3 ping -D -i 0.05 -W 1 -w 20 10.88.200.9 >/run/ping 2>&1 &
pinging=$!
sleep 1
end_container 1 roam
container 2 roam alice
expect "the same lease on another host" at 2 lab_lease roam
equal "the same hardware address" "$(hardware 2 roam)" "$mac"
on 2 ip netns exec roam busybox arping -U -c 2 -I eth0 10.88.200.9 >/dev/null 2>&1
wait "$pinging"
silent=$(silence /run/ping)
echo "a move took $silent ms"
expect "the move took less than 10 s" [ "$silent" -lt 10000 ]
expect "it is reached at its new host" at 3 reaches4 web3 10.88.200.9

# stop leaves the host as it was.
end_container 3 web3
expect "stop" on 3 "$BERTH_NET" stop
on 3 sh -c "$(command -v nft) -s list ruleset; ip -br link; ip -br addr" >/run/after.3
equal "stop leaves nothing" "$(cat /run/after.3)" "$(cat /run/before.3)"
cluster_settings 1 ""
sed -i '/VXLAN\|DNS_PEERS/d' /run/h1/etc/default/lxc-net
expect "reload without a tunnel" on 1 "$BERTH_NET" reload
refute "the port is gone" on 1 ip link show vx100
refute "and the guard" on 1 nft list table bridge berth_lxcbr0
expect "stop with containers" on 2 "$BERTH_NET" stop
refute "the port does not remain" on 2 ip link show vx100
