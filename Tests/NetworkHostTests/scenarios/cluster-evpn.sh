# One network over three hosts, by BGP EVPN: FRR on each host, and two route reflectors.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
[ -x /usr/lib/frr/bgpd ] || skip "FRR is not installed: install the package frr"
cluster_begin 1 2 3 8 9

# frr_settings HOST: those of berth-cluster(7) on a host, or those of a reflector on 8 and 9.
frr_settings() {
	mkdir -p "/run/h$1/etc/frr" "/run/h$1/run/frr"
	{
		echo "router bgp 65000"
		echo " bgp router-id 192.0.2.$1"
		echo " no bgp default ipv4-unicast"
		if [ "$1" -ge 8 ]; then
			echo " neighbor hosts peer-group"
			echo " neighbor hosts remote-as 65000"
			echo " neighbor hosts timers 3 9"
			echo " bgp listen range 192.0.2.0/24 peer-group hosts"
			echo " address-family l2vpn evpn"
			echo "  neighbor hosts activate"
			echo "  neighbor hosts route-reflector-client"
		else
			echo " neighbor reflectors peer-group"
			echo " neighbor reflectors remote-as 65000"
			echo " neighbor reflectors timers 3 9"
			echo " neighbor reflectors timers connect 1"
			echo " neighbor 192.0.2.8 peer-group reflectors"
			echo " neighbor 192.0.2.9 peer-group reflectors"
			echo " address-family l2vpn evpn"
			echo "  neighbor reflectors activate"
			echo "  advertise-all-vni"
		fi
		echo " exit-address-family"
	} >"/run/h$1/etc/frr/frr.conf"
	: >"/run/h$1/etc/frr/vtysh.conf"
	chown -R frr:frr "/run/h$1/etc/frr" "/run/h$1/run/frr"
}
zebra() {
	on "$1" /usr/lib/frr/zebra -d -f /etc/frr/frr.conf -i /run/frr/zebra.pid -A 127.0.0.1 \
		-s 90000000 >/dev/null 2>&1
}
bgpd() {
	on "$1" /usr/lib/frr/bgpd -d -f /etc/frr/frr.conf -i /run/frr/bgpd.pid -A 127.0.0.1 \
		>/dev/null 2>&1
}
end_bgpd() { on "$1" sh -c 'kill -9 $(cat /run/frr/bgpd.pid)'; }
peers() { on "$1" bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00'; }
complete() { # complete HOST…: each knows two others
	for _ in $(seq 300); do
		cluster_all=yes
		for n; do [ "$(peers "$n")" = 2 ] || cluster_all=; done
		[ -z "$cluster_all" ] || return 0
		sleep 0.1
	done
	return 1
}

for n in 1 2 3; do
	names=
	for m in 1 2 3; do [ $m = $n ] || names="$names h$m.lxc=192.0.2.$m"; done
	cluster_settings $n evpn
	expect "start succeeds on host $n" on $n "$BERTH_NET" start
done
learning() { on "$1" ip -d link show vx100 | grep -q 'nolearning'; }
expect "the port learns no addresses" learning 1
expect "the port has no peer before BGP runs" sh -c '[ "$1" = 0 ]' - "$(peers 1)"
for n in 8 9 1 2 3; do
	frr_settings $n
	zebra $n
	bgpd $n
done
expect "BGP finds the hosts" complete 1 2 3
for n in 1 2 3; do
	expect "the plan of host $n is empty with the peers of BGP" on $n "$BERTH_NET" plan
	container $n "web$n" alice
	leased $n "web$n"
done
on 1 "$BERTH_NET" status >/run/status
expect "status names the peers" grep -q 'tunnel: vx100, .*192.0.2.3.* by EVPN' /run/status
expect "a container reaches a container on another host" at 1 reaches4 web1 "$(lease 2 web2)"
expect "a name of another host resolves" \
	at 1 resolves web1 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
for _ in $(seq 50); do [ -z "$(global6 2 web2)" ] || break; sleep 0.2; done
expect "a container reaches a container on another host over IPv6" \
	at 1 reaches6 web1 "$(global6 2 web2)"

# macfilter: BGP announces the address as static, and a container elsewhere does not take it.
container 1 m1 carol
fixed 1 m1 10.88.102.1
expect "a container with macfilter is reached from another host" at 3 reaches4 web3 10.88.102.1
container 2 thief alice
on 2 ip -n thief link set eth0 down
on 2 ip -n thief link set eth0 address "$(hardware 1 m1)"
on 2 ip -n thief link set eth0 up
fixed 2 thief 10.88.103.1
on 2 ip netns exec thief ping -c 5 -i 0.2 -W 1 "$(lease 3 web3)" >/dev/null 2>&1
expect "a third host still reaches the container with macfilter" at 3 reaches4 web3 10.88.102.1
end_container 2 thief

lossless "reload" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
lossless "restart" 2 web2 "$(lease 1 web1)" on 2 "$BERTH_NET" restart
# One reflector of two is lost.
lossless "a reflector is lost" 1 web1 "$(lease 2 web2)" end_bgpd 8
on 1 ip netns exec web1 ping -i 0.05 -c 240 -W 2 "$(lease 2 web2)" >/run/ping 2>&1
expect "no packet is lost in the 12 s after a reflector is lost ($(grep loss /run/ping))" \
	grep -q ' 0% packet loss' /run/ping
bgpd 8
# The BGP daemon of a host is restarted.
on 1 ip netns exec web1 ping -D -i 0.05 -W 1 -w 15 "$(lease 2 web2)" >/run/ping 2>&1 &
pinging=$!
sleep 1
end_bgpd 2
bgpd 2
wait "$pinging"
silent=$(silence /run/ping)
echo "a restart of bgpd took $silent ms"
expect "the restart took less than 12 s" [ "$silent" -lt 12000 ]
expect "each host has all its peers again" complete 1 2 3

# A container moves with its address.
container 1 roam alice
expect "the container gets a lease" at 1 lab_lease roam
on 3 ip netns exec web3 ping -D -i 0.05 -W 1 -w 20 10.88.200.9 >/run/ping 2>&1 &
pinging=$!
sleep 2
end_container 1 roam
container 2 roam alice
expect "the container gets a lease on another host" at 2 lab_lease roam
on 2 ip netns exec roam busybox arping -U -c 2 -I eth0 10.88.200.9 >/dev/null 2>&1
wait "$pinging"
silent=$(silence /run/ping)
echo "a move took $silent ms"
expect "the move took less than 10 s" [ "$silent" -lt 10000 ]
expect "the moved container is reached on its new host" at 3 reaches4 web3 10.88.200.9

# The uplink is lost and comes back.
on 2 ip link set up0 down
sleep 12
on 2 ip link set up0 up
on 2 ip -6 addr replace 2001:db8::2/64 dev up0 nodad
expect "the hosts find each other again" complete 1 2 3
expect "the containers still reach each other" at 1 reaches4 web1 "$(lease 2 web2)"
for n in 8 9 1 2 3; do
	on $n sh -c 'kill $(cat /run/frr/bgpd.pid /run/frr/zebra.pid)'
done
for n in 1 2 3; do
	end_container $n web$n
	[ $n = 3 ] || end_container $((n)) "$([ $n = 1 ] && echo m1 || echo roam)"
	expect "stop succeeds on host $n" on $n "$BERTH_NET" stop
	refute "no bridge is left on host $n" on $n ip link show lxcbr0
done
