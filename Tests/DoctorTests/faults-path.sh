# shellcheck shell=bash
# PathFaults.swift runs this on a host with LXC, berth-net and alice. It breaks how this host and
# the container route packets: rules of the routing policy, addresses, neighbor entries, tunnels,
# traffic control, and the messages of ICMP.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"
# shellcheck source=Tests/DoctorTests/packet-probes.sh
. "$faults/packet-probes.sh"

start_web
healthy healthy
address=$(nsenter -t "${web:?}" -n ip -4 -o address show dev eth0 \
	| sed 's/.*inet \([0-9.]*\).*/\1/')
answer() { inside ping -c 1 -W 1 10.0.3.1 >/dev/null 2>&1 && echo answers || echo 'no answer'; }
large() { inside ping -c 1 -W 1 -s 3000 10.0.3.1 >/dev/null 2>&1 && echo passes || echo lost; }

# What drops or delays some packets only.
iptables -A FORWARD -p icmp -j REJECT; broken 'pings rejected' firewall reach; iptables -F FORWARD
iptables -A FORWARD -p icmp --icmp-type fragmentation-needed -j DROP
doctor; echo "size messages dropped: $(verdict firewall)"; message firewall >>/run/messages
iptables -F FORWARD
iptables -A FORWARD -p icmp --icmp-type timestamp-request -j DROP
quiet 'another message dropped' firewall reach; iptables -F FORWARD
mac=$(nsenter -t "$web" -n ip -o link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
nft add table bridge macs
nft 'add chain bridge macs in { type filter hook input priority 0; }'
nft add rule bridge macs in ether saddr != '{ 02:00:00:00:00:01 }' drop
nsenter -t "$web" -n ip address flush dev eth0
doctor; echo "list without the container: $(verdict firewall)"; message firewall >>/run/messages
nft flush chain bridge macs in
nft add rule bridge macs in ether saddr != "{ 02:00:00:00:00:01, $mac }" drop
lease >/dev/null; quiet 'list with the container' firewall answer
nft delete table bridge macs
echo 0 >/proc/sys/net/ipv4/ipfrag_low_thresh; echo 0 >/proc/sys/net/ipv4/ipfrag_high_thresh
broken 'no memory for fragments' network-sysctls large
tc qdisc add dev up0 root tbf rate 8kbit burst 1600 latency 50ms
doctor; echo "slow uplink: $(verdict traffic-control)"; message traffic-control >>/run/messages
tc qdisc replace dev up0 root tbf rate 100mbit burst 64kb latency 50ms
quiet 'fast uplink' traffic-control reach; tc qdisc del dev up0 root
tc qdisc add dev up0 root handle 1: htb default 10
tc class add dev up0 parent 1: classid 1:10 htb rate 8kbit 2>/dev/null
doctor; echo "slow class: $(verdict traffic-control)"; tc qdisc del dev up0 root

# Rules that divert answers and replies, which the fix removes.
ip route add default via 192.0.2.2 table 99
ip rule add from 10.0.3.0/24 lookup 99 pref 100; broken 'rule for answers' routes resolve
ip rule add from 10.0.3.1 lookup 99 pref 100; broken 'rule for the bridge' routes resolve
ip rule add iif up0 lookup 99 pref 100; broken 'rule for replies' routes reach
ip rule add ipproto tcp dport 80 blackhole pref 100; broken 'rule for a port' routes reach
ip rule add ipproto udp blackhole pref 100; broken 'rule for a protocol' routes resolve
ip rule add from 192.0.2.0/24 lookup 99 pref 100; quiet 'another rule' routes reach
ip rule del pref 100

# Addresses and routes.
ip address add "$address/32" dev lo; broken 'address on lo' routes answer
ip address add 10.0.3.9/32 dev lo; broken 'address of the range on lo' routes answer
ip address add 192.0.2.77/32 dev lo; quiet 'another address' routes reach
nsenter -t "$web" -n ip route replace default dev lo; broken 'default route to lo' nics reach
nsenter -t "$web" -n ip route replace default via 10.0.3.99; broken 'wrong router' nics reach
nsenter -t "$web" -n ip link set lo down; broken 'loopback down' nics reach
ip neigh replace 192.0.2.2 lladdr 02:de:ad:be:ef:01 dev up0 nud permanent
broken 'entry of the router' routes reach

# A VPN that takes all packets, and whose other end is gone.
python3 "$faults/scripts/silent-tunnel.py" vpn0 & tunnel=$!
for _ in $(seq 100); do ip link show vpn0 >/dev/null 2>&1 && break; sleep 0.05; done
ip address add 10.8.0.2/32 dev vpn0; ip link set vpn0 up
ip route add 0.0.0.0/1 dev vpn0; ip route add 128.0.0.0/1 dev vpn0
doctor; echo "dead VPN: $(verdict routes) $(reach)"; message routes >>/run/messages
ip route del 0.0.0.0/1; ip route del 128.0.0.0/1
ip route add default dev vpn0 table 51820
ip rule add not fwmark 51820 lookup 51820 pref 200
ip rule add lookup main suppress_prefixlength 0 pref 199
doctor; echo "dead VPN with rules: $(verdict routes) $(reach)"
ip rule del pref 200; ip rule del pref 199
kill $tunnel; wait $tunnel 2>/dev/null
quiet 'no VPN' routes reach

# The MTU of the bridge.
ip link set lxcbr0 mtu 1400; quiet 'smaller bridge' network-settings reach
ip link set lxcbr0 mtu 600; broken 'tiny bridge' network-settings reach
echo 'LXC_FORWARDS="tcp:8080=10.0.3.222:80"' >/etc/default/lxc-net
berth-net reload >/dev/null 2>&1
doctor; echo "forward to no container: $(verdict forwards)"; message forwards >>/run/messages
rm /etc/default/lxc-net; berth-net reload >/dev/null 2>&1
conclude
