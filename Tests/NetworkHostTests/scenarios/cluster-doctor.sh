# berth doctor, status and metrics of one network over three hosts with a static list of peers: each
# fault is caused, reported, and fixed by the printed commands. See cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/cluster-findings.sh
. "$LAB/cluster-findings.sh"
[ -x "${BERTH:-}" ] || skip "no BERTH: run make"
ln -s "$BERTH_NET" /usr/local/sbin/berth-net
cluster_begin 1 2 3

for n in 1 2 3; do
	cluster_settings $n "1 2 3"
	expect "start on host $n" on $n "$BERTH_NET" start
	quiet "just started, on host $n" $n
done
for n in 1 2 3; do
	container $n "web$n" alice
	leased $n "web$n"
done
expect "the hosts reach each other" at 1 reaches4 web1 "$(lease 2 web2)"
expect "the hosts reach each other" at 1 reaches4 web1 "$(lease 3 web3)"
for n in 1 2 3; do
	quiet "healthy, on host $n" $n
	quiet "healthy and probed, on host $n" $n --probe
done

# The guard and the port.
on 1 nft delete table bridge berth_lxcbr0
fault "guards the tunnel is missing" "a missing guard"
on 1 nft add rule bridge berth_lxcbr0 arriving accept
fault "guards the tunnel was changed" "a changed guard"
on 1 ip link del vx100
fault "the port does not exist" "a missing port"
on 1 ip link set vx100 down
fault "the port is down" "a port that is down"
on 1 ip link set vx100 nomaster
fault "not attached to lxcbr0" "a detached port"
on 1 bridge link set dev vx100 isolated off
fault "not isolated" "a port that is not isolated"
on 1 bridge link set dev vx100 learning off
fault "learns no addresses" "a port without learning"
on 1 bridge link set dev vx100 neigh_suppress on
fault "neigh_suppress is on" "neigh_suppress"
on 1 ip link set vx100 mtu 1300
fault "an MTU of 1300" "a port with a small MTU"
on 1 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/vx100/disable_ipv6'
named warning "IPv6 is not disabled" "IPv6 on the port"
on 1 "$BERTH_NET" reload >/dev/null
own=$(on 1 cat /sys/class/net/vx100/address)
on 1 ip link del vx100
on 1 ip link add vx100 address "$own" type vxlan id 100 local 192.0.2.1 dstport 4790
on 1 ip link set vx100 master lxcbr0 up
fault "the UDP port 4790 instead of 4789" "another UDP port"
on 1 ip link del vx100
on 1 ip link add vx100 address "$own" type vxlan id 100 local 192.0.2.254 dstport 4789
on 1 ip link set vx100 master lxcbr0 up
fault "the source address 192.0.2.254 instead of 192.0.2.1" "another source address"
on 1 ip link del vx100
on 1 ip link add other type vxlan id 100 local 192.0.2.1 dstport 4789
fault "other, which berth-net did not create, has the VNI 100" "another port with the VNI"
on 1 ip link del vx100
on 1 python3 "$LAB/echo.py" serve udp 4789 </dev/null >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
until on 1 ss -Hlun 'sport = :4789' | grep -q .; do sleep 0.1; done
on 1 "$BERTH_NET" reload >/dev/null 2>&1
named problem "python3" "another program on the UDP port"
on 1 sh -c 'kill $(pidof python3)'
while on 1 ss -Hlun 'sport = :4789' | grep -q .; do sleep 0.1; done
on 1 "$BERTH_NET" reload >/dev/null
quiet "without the other program" 1

# Peers.
on 1 bridge fdb del 00:00:00:00:00:00 dev vx100 dst 192.0.2.3
fault "does not send to 192.0.2.3" "a missing peer"
on 1 bridge fdb append 00:00:00:00:00:00 dev vx100 dst 192.0.2.77
fault "also sends to 192.0.2.77" "a peer that is not listed"
on 1 ip route add unreachable 192.0.2.2
named problem "no route to 192.0.2.2" "a route that rejects"
on 1 ip route del unreachable 192.0.2.2
on 1 ip route add 192.0.2.2/32 dev lxcbr0
named problem "leads through lxcbr0" "a route through the bridge"
on 1 ip route del 192.0.2.2/32 dev lxcbr0
on 1 ip route add 192.0.2.2/32 via 192.0.2.99
on 1 ping -c 1 -W 1 192.0.2.2 >/dev/null 2>&1
named problem "the router 192.0.2.99" "a silent router"
on 1 ip route del 192.0.2.2/32 via 192.0.2.99
quiet "with the former routes" 1
on 1 ip link set up0 down
named problem "up0, through which 192.0.2.2 and 192.0.2.3 are reached, is down" \
	"a link that is down"
findings 1 fixes tunnel >/run/fix
expect "a link that is down: the fix succeeds" on 1 sh -e /run/cluster/fix
on 1 ip route add default via 192.0.2.254
quiet "with its link" 1
ip link set u1 down
for _ in $(seq 50); do ! on 1 grep -q 1 /sys/class/net/up0/carrier || sleep 0.1; done
named problem "has no carrier" "a link without a carrier"
ip link set u1 up
for _ in $(seq 50); do on 1 grep -q 1 /sys/class/net/up0/carrier && break; sleep 0.1; done
on 1 ip addr del 192.0.2.1/24 dev up0
named problem "192.0.2.1, the address of LXC_VXLAN_LOCAL, is no longer" "a lost address"
on 1 ip addr add 192.0.2.1/24 dev up0
on 1 ip route replace default via 192.0.2.254
quiet "with its address" 1

# A host that is switched off, on purpose or not.
on 3 ip link set up0 down
on 1 ip neigh flush dev up0
unanswered 192.0.2.3
named warning "192.0.2.3 does not answer" "a host that is switched off"
# Meanwhile, a packet of a container may have begun another discovery.
unanswered 192.0.2.3
named warning "192.0.2.3 does not answer" "a host that is switched off, probed" --probe
on 1 "$BERTH" status --json >/run/status
expect "status counts the lost host" grep -q '"lostPeers" : \[' /run/status
on 1 "$BERTH" metrics >/run/metrics
expect "the metrics count the lost host" \
	grep -qx 'berth_tunnel_peers_lost{bridge="lxcbr0"} 1' /run/metrics
on 3 ip link set up0 up
for _ in $(seq 20); do ! on 1 ping -c 1 -W 1 192.0.2.3 >/dev/null 2>&1 || break; done
quiet "with the host" 1
on 3 iptables -A INPUT -p icmp -j DROP
quiet "a host that drops pings, not probed" 1
named warning "192.0.2.3 did not answer a ping" "a host that drops pings" --probe
on 3 iptables -F INPUT

sizes 192.0.2.2/32 50

# The firewall of the host.
on 1 nft add table inet strange
on 1 nft 'add chain inet strange in { type filter hook input priority 0; }'
on 1 nft add rule inet strange in udp dport 4789 drop
fault "drops the packets from other hosts (UDP port 4789)" "a firewall"
on 1 nft delete table inet strange
on 1 iptables -P INPUT DROP
on 1 iptables -A INPUT -i lxcbr0 -j ACCEPT
fault "drops the packets from other hosts (UDP port 4789) by its policy" "a policy of iptables"
on 1 iptables -P INPUT ACCEPT
on 1 iptables -F INPUT

# One container runs on one host at a time.
container 2 roam alice
expect "the container gets a lease" at 2 lab_lease roam
on 2 ip netns exec roam ping -c 2 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
end_container 2 roam
container 1 roam alice
quiet "a container that has just moved here" 1
expect "the container gets a lease on its new host" at 1 lab_lease roam
sleep 2
quiet "a container that has moved here" 1
container 2 roam alice
fixed 2 roam 10.88.200.9
on 2 ip netns exec roam ping -c 2 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
check=duplicate-addresses named problem "at the host 192.0.2.2" "a container that runs twice"
doctor 1 alice
equal "alice's report has it, too" "$(verdict 1 duplicate-addresses)" problem
doctor 1 bob
equal "bob's report does not have it" "$(verdict 1 duplicate-addresses)" ok
end_container 2 roam

# To a user, doctor reports only what the kernel shows to all users.
echo "lxc.net.0.type = veth
lxc.net.0.link = lxcbr0" >/run/h1/etc/lxc/default.conf
on 1 setpriv --reuid alice --regid alice --clear-groups env HOME=/ \
	"$BERTH" doctor --json >/run/doctor.1
equal "for a user, what only root sees is unknown" "$(verdict 1)" unknown
findings 1 messages tunnel
