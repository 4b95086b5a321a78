# What a hostile container can do to a network of several hosts: become the gateway or the DHCP
# server of containers elsewhere, forge VXLAN, and take what other hosts send to its own host.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
cluster_begin 1 2
for n in 1 2; do
	# With a line for ipfilter, its rules would also apply to the other containers.
	on $n sed -i '/ipfilter/d' /etc/lxc/lxc-usernet
	# The default of hosts with privacy addresses. The guard knows another address of the router.
	on $n sh -c 'echo 3 >/proc/sys/net/ipv6/conf/default/addr_gen_mode'
	cluster_settings $n "1 2"
	expect "start on host $n" on $n "$BERTH_NET" start
	container $n "web$n" alice
	leased $n "web$n"
	for _ in $(seq 50); do [ -z "$(global6 $n "web$n")" ] || break; sleep 0.2; done
done
tunnel() { # tunnel HOST NAME ARGUMENT…: runs tunnel.py in a container
	cluster_tunnel=$1 cluster_name=$2
	shift 2
	on "$cluster_tunnel" ip netns exec "$cluster_name" python3 "$LAB/tunnel.py" "$@"
}
# shellcheck disable=SC2016 # the inner shell expands it
identity() { on "$1" sh -c '. "$LAB/attacks.sh"; party eth0 -n "$1"' - "$2"; }

# Frames with addresses and protocols that belong to the hosts. They arrive if neither host has the
# firewall table.
echo "{\"me\": $(identity 1 web1), \"victim\": $(identity 2 web2)}" >/run/facts
arrived() { # arrived FILE: the frames that the victim has received
	on 2 sh -c ': >/run/cluster/seen'
	on 2 ip netns exec web2 python3 "$LAB/attacks.py" watch eth0 /run/cluster/seen &
	lab_watcher=$!
	until grep -q ready /run/seen; do sleep 0.05; done
	tunnel 1 web1 send /run/cluster/facts /run/cluster/sent
	sleep 0.5
	kill $lab_watcher
	sort -u /run/seen | while read -r mark; do sed -n "s/^$mark //p" /run/sent; done >"$1"
}
default6() { on 2 ip -n web2 -6 route show default | sed -n 's/.* via \([^ ]*\) .*/\1/p'; }
gateway() { on 2 ip -n web2 neigh show 10.88.0.1 | sed -n 's/.*lladdr \([^ ]*\).*/\1/p'; }
arrived /run/with
equal "of all frames, only the own packet arrives" "$(cat /run/with)" "own packet"
for attack in arp ra; do tunnel 1 web1 $attack /run/cluster/facts; done
expect "a container reaches its gateway" at 2 reaches4 web2 10.88.0.1
equal "a container of another host does not become the gateway" "$(gateway)" 10:66:6a:00:00:00
equal "a container of another host does not become the router" \
	"$(default6)" fe80::1266:6aff:fe00:0
for n in 1 2; do
	on $n nft list table bridge berth_lxcbr0 >"/run/guard.$n"
	on $n nft flush table bridge berth_lxcbr0
done
arrived /run/without
expect "without the guard, nearly all frames arrive" [ "$(wc -l </run/without)" -gt 60 ]
for _ in 1 2 3 4 5; do
	tunnel 1 web1 arp /run/cluster/facts
	[ "$(gateway)" != "$(hardware 1 web1)" ] || break
done
equal "without the guard, a container of another host becomes the gateway" \
	"$(gateway)" "$(hardware 1 web1)"
for n in 1 2; do expect "reload restores the guard of host $n" on $n "$BERTH_NET" reload; done

# Frames to the groups that a bridge does not forward reach the host on another interface.
container 1 b1 bob
fixed 1 b1 10.88.100.1
learned() { # learned GROUP: whether the VXLAN port learned an address from a forged packet
	on 1 bridge fdb del 02:00:00:00:00:77 dev vx100 self 2>/dev/null
	tunnel 1 b1 group "$1"
	on 1 bridge fdb show dev vx100 | grep '02:00:00:00:00:77 dst'
}
all_groups() {
	for last in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
		! learned 01:80:c2:00:00:0$last || return 0
	done
	return 1
}
refute "no group leads to the VXLAN port" all_groups
refute "no broadcast leads to the VXLAN port" learned ff:ff:ff:ff:ff:ff
on 1 nft flush chain inet berth_lxcbr0 sources
expect "without its rule, the group of LLDP does" learned 01:80:c2:00:00:0e
expect "reload restores the rule" on 1 "$BERTH_NET" reload
cluster_settings 1 "1 2" LXC_USE_NFT=false
expect "reload with iptables succeeds" on 1 "$BERTH_NET" reload
refute "no group leads to the VXLAN port with iptables" all_groups

# A container sends from a port of its host: the kernel must not take what host 2 sends to this
# port for replies to the container.
shadowed() { # shadowed PORT: the number of 20 queries of host 2 that a container received
	tunnel 1 b1 shadow 192.0.2.2 "$1" 6 19990 20030 >/run/shadow &
	cluster_shadow=$!
	until grep -q ready /run/shadow; do sleep 0.05; done
	on 2 python3 "$LAB/tunnel.py" query 192.0.2.1 "$1" 20
	wait $cluster_shadow
	tail -n 1 /run/shadow
}
equal "a container can receive what is sent to a port that the rules do not protect" \
	"$(shadowed 5353)" 20
for port in 53 4789; do
	equal "with iptables, a container receives nothing sent to port $port" "$(shadowed $port)" 0
done
cluster_settings 1 "1 2"
expect "reload with nftables succeeds" on 1 "$BERTH_NET" reload
for port in 53 4789; do
	equal "a container receives nothing sent to port $port of its host" "$(shadowed $port)" 0
done
equal "the name server answers queries of another host" \
	"$(on 2 python3 "$LAB/echo.py" resolve web1.h1.lxc 192.0.2.1)" "$(lease 1 web1)"
expect "a container reaches one on another host" at 1 reaches4 web1 "$(lease 2 web2)"
