# berth doctor of one network over two hosts with IPv6 underneath: the faults that differ from those
# of cluster-doctor. See cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/cluster-findings.sh
. "$LAB/cluster-findings.sh"
[ -x "${BERTH:-}" ] || skip "no BERTH: run make"
ln -s "$BERTH_NET" /usr/local/sbin/berth-net
cluster_begin 1 2
# shellcheck disable=SC2034 # cluster_settings reads it
underlay=2001:db8::
for n in 1 2; do
	cluster_settings $n "1 2"
	expect "start on host $n" on $n "$BERTH_NET" start
	quiet "just started, on host $n" $n
	container $n "web$n" alice
	leased $n "web$n"
done
expect "the hosts reach each other" at 1 reaches4 web1 "$(lease 2 web2)"
for n in 1 2; do
	quiet "healthy, on host $n" $n
	quiet "healthy and probed, on host $n" $n --probe
done

# The port and its peers.
on 1 nft delete table bridge berth_lxcbr0
fault "guards the tunnel is missing" "a missing guard"
on 1 ip link del vx100
fault "the port does not exist" "a missing port"
own=$(on 1 cat /sys/class/net/vx100/address)
on 1 ip link del vx100
on 1 ip link add vx100 address "$own" type vxlan id 100 local 2001:db8::254 dstport 4789
on 1 ip link set vx100 master lxcbr0 up
fault "the source address 2001:db8::254 instead of 2001:db8::1" "another source address"
on 1 bridge fdb del 00:00:00:00:00:00 dev vx100 dst 2001:db8::2
fault "does not send to 2001:db8::2" "a missing peer"
on 1 bridge fdb append 00:00:00:00:00:00 dev vx100 dst 2001:db8::77
fault "also sends to 2001:db8::77" "a peer that is not listed"
on 1 ip -6 route add unreachable 2001:db8::2
named problem "no route to 2001:db8::2" "a route that rejects"
on 1 ip -6 route del unreachable 2001:db8::2
on 1 ip -6 route add 2001:db8::2/128 dev lxcbr0
named problem "leads through lxcbr0" "a route through the bridge"
refute "the MTU of the bridge is not taken for that of the underlay" \
	sh -c 'echo "$1" | grep -q "has an MTU of"' - "$(findings 1 messages tunnel)"
on 1 ip -6 route del 2001:db8::2/128 dev lxcbr0
on 1 ip -6 route add 2001:db8::2/128 via 2001:db8::99
on 1 ping -6 -c 1 -W 1 2001:db8::2 >/dev/null 2>&1
named problem "the router 2001:db8::99" "a silent router"
on 1 ip -6 route del 2001:db8::2/128 via 2001:db8::99
quiet "with the former routes" 1
on 1 ip -6 addr del 2001:db8::1/64 dev up0
named problem "2001:db8::1, the address of LXC_VXLAN_LOCAL, is no longer" "a lost address"
on 1 ip -6 addr add 2001:db8::1/64 dev up0 nodad
quiet "with its address" 1

# A host that is switched off, or drops pings.
on 2 ip link set up0 down
on 1 ip -6 neigh flush dev up0
unanswered 2001:db8::2
named warning "2001:db8::2 does not answer" "a host that is switched off"
# Meanwhile, a packet of a container may have begun another discovery.
unanswered 2001:db8::2
named warning "2001:db8::2 does not answer" "a host that is switched off, probed" --probe
on 2 ip link set up0 up
on 2 ip -6 addr replace 2001:db8::2/64 dev up0 nodad
for _ in $(seq 20); do ! on 1 ping -6 -c 1 -W 1 2001:db8::2 >/dev/null 2>&1 || break; done
quiet "with the host" 1
on 2 ip6tables -A INPUT -p icmpv6 --icmpv6-type echo-request -j DROP
quiet "a host that drops pings, not probed" 1
named warning "2001:db8::2 did not answer a ping" "a host that drops pings" --probe
on 2 ip6tables -F INPUT

sizes 2001:db8::2/128 70

# The firewall of the host. IPv4 rules do not concern the packets.
on 1 iptables -A INPUT -p udp --dport 4789 -j DROP
quiet "an IPv4 rule" 1
on 1 iptables -F INPUT
on 1 ip6tables -A INPUT -p udp --dport 4789 -j DROP
fault "drops the packets from other hosts (UDP port 4789)" "a firewall"
on 1 ip6tables -F INPUT
on 1 ip6tables -P INPUT DROP
on 1 ip6tables -A INPUT -i lxcbr0 -j ACCEPT
on 1 ip6tables -A INPUT -p icmpv6 -j ACCEPT
fault "drops the packets from other hosts (UDP port 4789) by its policy" "a policy"
on 1 ip6tables -P INPUT ACCEPT
on 1 ip6tables -F INPUT

# One container runs on one host at a time.
container 2 roam alice
fixed 2 roam 10.88.200.9
container 1 roam alice
sleep 2
on 2 ip netns exec roam ping -c 2 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
check=duplicate-addresses named problem "at the host 2001:db8::2" "a container that runs twice"
