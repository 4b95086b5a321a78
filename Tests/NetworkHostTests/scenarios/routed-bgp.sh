# Each host has a network of its own, and routes to the others: by BGP with FRR on host 1 and BIRD
# on host 2, and by OSPF with BIRD between hosts 2 and 3, with the examples of berth-cluster(7). See
# cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/routers.sh
. "$LAB/routers.sh"
has_frr
[ -x /usr/sbin/bird ] || skip "BIRD is not installed: install the package bird2"
cluster_begin 1 2 3 8
# dave's line has ipfilter, which causes a warning if the rules are those of iptables.
for n in 1 2 3; do sed -i /dave/d /run/h$n/etc/lxc/lxc-usernet; done

# The first host of the page has the address 192.0.2.1 and the uplink eth1.
routed_settings() { # routed_settings HOST [LINE…]
	routed_host=$1
	shift
	cat >"/run/h$routed_host/etc/default/lxc-net" <<-SETTINGS
		LXC_NETWORK="10.88.$routed_host.0/24"
		LXC_IPV6_ENABLE=false
		LXC_DHCP_PING=false
		LXC_NAT_EXCEPT="10.80.0.0/12"
		LXC_ROUTED_FROM="up0"
	SETTINGS
	for routed_line; do
		echo "$routed_line" >>"/run/h$routed_host/etc/default/lxc-net"
	done
}
routed_settings 1
routed_settings 2 LXC_USE_NFT=false
routed_settings 3
for n in 1 2 3; do
	on $n "$BERTH_NET" check >/run/said 2>&1
	equal "host $n needs no warning" "$(cat /run/said)" ""
	expect "start succeeds on host $n" on $n "$BERTH_NET" start
	container $n "web$n" alice
	expect "a container of host $n gets a lease" at $n lab_lease "web$n"
	on $n sh -c '. "$1/lab.sh"; lab_echo "$2" tcp 80' - "$LAB" "web$n"
done
wait_for() { # wait_for FUNCTION WORD…
	for _ in $(seq 300); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	return 1
}
route() { on "$1" ip route show 10.88."$2".0/24 | grep -q "via 192.0.2.$2 "; }
gone() { [ -z "$(on "$1" ip route show 10.88."$2".0/24)" ]; }
address() { lease "$1" "web$1"; }
asked() { at "$1" asks "web$1" tcp "$(address "$2")" 80; }

example frr-routes-reflector | frr 8
example frr-routes | frr 1
example bird-routes | sed 's/\(router id\|local\) 192.0.2.1/\1 192.0.2.2/' | bird 2
expect "host 1 learns the route of host 2, which BIRD announces" wait_for route 1 2
expect "host 2 learns the route of host 1, which FRR announces" wait_for route 2 1
equal "a container of host 1 reaches one of host 2 without NAT" "$(asked 1 2)" "$(address 1)"
equal "a container of host 2 reaches one of host 1 without NAT" "$(asked 2 1)" "$(address 2)"
equal "only the network of the containers is announced" \
	"$(on 2 ip route show proto bird | sed 's/ *$//')" \
	"10.88.1.0/24 via 192.0.2.1 dev up0 metric 32"
python3 "$LAB/echo.py" serve tcp 7 </dev/null >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
until ss -Hltn 'sport = :7' | grep -q .; do sleep 0.1; done
for n in 1 2; do
	equal "host $n masquerades packets to other networks" \
		"$(at $n asks "web$n" tcp 192.0.2.254 7)" "192.0.2.$n"
done
# Neither daemon withdraws routes, and no packet is lost, when berth-net changes something.
for command in reload restart; do
	lossless "$command with FRR" 2 web2 "$(address 1)" on 1 "$BERTH_NET" $command
	lossless "$command with BIRD" 1 web1 "$(address 2)" on 2 "$BERTH_NET" $command
done
# Packets of a neighbor reach containers only through the interface that LXC_ROUTED_FROM names.
ip route add 10.88.1.0/24 via 192.0.2.1
equal "connections are accepted through the uplink" \
	"$(python3 "$LAB/echo.py" ask tcp "$(address 1)" 80)" 192.0.2.254
sed -i 's/LXC_ROUTED_FROM=.*/LXC_ROUTED_FROM=other0/' /run/h1/etc/default/lxc-net
expect "reload names another uplink" on 1 "$BERTH_NET" reload
expect "no connection is accepted through an uplink that is not named" \
	sh -c '! timeout 3 python3 "$@"' - "$LAB/echo.py" ask tcp "$(address 1)" 80
routed_settings 1
expect "reload names the uplink again" on 1 "$BERTH_NET" reload

# A network that is not up has no route.
end_container 2 web2
expect "stop succeeds on host 2" on 2 "$BERTH_NET" stop
expect "host 1 removes the route" wait_for gone 1 2
expect "start succeeds on host 2 after stop" on 2 "$BERTH_NET" start
container 2 web2 alice
expect "the container gets a lease again" at 2 lab_lease web2
expect "host 1 learns the route again" wait_for route 1 2
end_container 1 web1
expect "stop succeeds on host 1" on 1 "$BERTH_NET" stop
expect "host 2 removes the route" wait_for gone 2 1
end_frr 1
end_bird 2

# OSPF needs no reflector. The hello interval is one second, to make the test shorter.
for n in 2 3; do
	{
		example bird-routes | sed '/^protocol bgp/,/^}/d'
		example bird-ospf
	} | sed "s/authentication/hello 1; wait 3; authentication/; s/eth1/up0/
		s/router id 192.0.2.1/router id 192.0.2.$n/" | bird $n
done
expect "host 2 learns the route of host 3 by OSPF" wait_for route 2 3
expect "host 3 learns the route of host 2 by OSPF" wait_for route 3 2
on 2 sh -c '. "$1/lab.sh"; lab_echo web2 tcp 80' - "$LAB"
equal "a container of host 3 reaches one of host 2 without NAT" "$(asked 3 2)" "$(address 3)"
for n in 2 3; do
	end_bird $n
	end_container $n web$n
	expect "stop succeeds on host $n at the end" on $n "$BERTH_NET" stop
done
end_frr 8
