# shellcheck shell=bash
# NetworkFaults.swift runs this on a host with LXC, berth-net and alice. It breaks the path of a
# running container's packets in one place after another: from its NIC to the host outside,
# 192.0.2.2, which has no route to containers.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"

# shellcheck source=Tests/DoctorTests/packet-probes.sh
. "$faults/packet-probes.sh"
start_web
healthy 'healthy'
quiet 'a running container' nics reach

# The NIC.
ip link set "$nic" nomaster; broken 'NIC unplugged' nics reach
ip link set "$nic" down; broken 'NIC down' nics reach
inside ip link set eth0 down; broken 'NIC down inside' nics reach
bridge link set dev "$nic" state 0; broken 'port disabled' nics reach
ip link set "$nic" nomaster; ip link set "$nic" down; broken 'NIC unplugged and down' nics reach
inside ip route del default; broken 'no route inside' nics reach

# dnsmasq.
server() { cat /run/lxc/dnsmasq.pid; }
kill -STOP "$(server)"; broken 'dnsmasq stopped' dns lease
# The kernel has only one hierarchy, in which the machine has its own cgroups.
frozen=$(mktemp -d /sys/fs/cgroup/berth-frozen-XXXXXX)
trap 'echo 0 >"$frozen"/cgroup.freeze; rmdir "$frozen"' EXIT
home_cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(server)/cgroup")
server >"$frozen"/cgroup.procs
echo 1 >"$frozen"/cgroup.freeze
broken 'dnsmasq frozen' dns lease
server >"$home_cgroup"/cgroup.procs; rmdir "$frozen"; trap - EXIT

# Routes.
ip route del default; doctor; echo "no default route: $(verdict routes) $(reach)"
ip route add default via 192.0.2.2
ip route add blackhole 198.41.0.0/24; broken 'blackhole' routes reach
ip route add unreachable 0.0.0.0/1 metric 5; ip route add unreachable 128.0.0.0/1
broken 'unreachable' routes reach; ip route del unreachable 0.0.0.0/1
ip rule add from 10.0.3.0/24 prohibit priority 100; broken 'a prohibiting rule' routes reach
ip rule add iif lxcbr0 lookup 77 priority 101; ip route add blackhole default table 77
broken 'a table of the bridge' routes reach; ip rule del priority 101
ip route add blackhole 10.0.3.128/25; ip route add blackhole 10.0.3.0/25
broken 'blackhole of the range' routes reach
ip link add tun9 type veth peer name tun8; ip link set tun8 up; ip link set tun9 up
ip route add 10.0.3.0/25 dev tun9; ip route add 10.0.3.128/25 dev tun9
broken 'a VPN takes the range' routes reach
ip link del tun9
quiet 'no VPN' routes reach

# Forwarding.
echo 0 >/proc/sys/net/ipv4/ip_forward; broken 'not forwarding' forwarding reach
echo 0 >/proc/sys/net/ipv4/conf/lxcbr0/forwarding; broken 'bridge not forwarding' forwarding reach
echo 0 >/proc/sys/net/ipv4/conf/up0/forwarding; broken 'uplink not forwarding' forwarding reach

# NAT.
nft delete table inet berth_lxcbr0; broken 'rules lost' network-settings reach
nft flush chain inet berth_lxcbr0 postrouting; broken 'NAT lost' network-settings reach

# Forged servers: a dnsmasq that hangs, and one that has not bound the port of DHCP.
stop_server() {
	kill "$(server)"
	for _ in $(seq 200); do ss -Hlun 'sport = :67' | grep -q . || break; sleep 0.05; done
}
# forged PORT...: replaces the dnsmasq of lxcbr0.
forged() {
	stop_server
	(
		exec -a dnsmasq python3 -c '
import socket, sys, time
open("/proc/self/comm", "w").write("dnsmasq")
sockets = []
for port in sys.argv[1].split():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.0.3.1" if port == "53" else "0.0.0.0", int(port)))
    sockets.append(s)
time.sleep(600)' "$*" --interface=lxcbr0 --pid-file=/run/lxc/dnsmasq.pid
	) &
	echo $! >/run/lxc/dnsmasq.pid
	for _ in $(seq 200); do ss -Hlun 'sport = :53' | grep -q . && break; sleep 0.05; done
}
forged 53 67; broken 'DNS silent' dns resolve
forged 53; broken 'port 67 not bound' dns lease
quiet 'a real server' dns resolve

# Leases.
# exhausted SETTING: two clients have leased all addresses that this setting allows.
exhausted() {
	echo "$1" >/etc/default/lxc-net
	stop_server
	local end=$(($(date +%s) + 3000))
	for number in 100 101; do
		echo "$end 02:00:00:00:00:$((number - 90)) 10.0.3.$number * *"
	done >/var/lib/misc/dnsmasq.lxcbr0.leases
	berth-net restart >/dev/null
}
inside ip address flush dev eth0
exhausted 'LXC_DHCP_RANGE="10.0.3.100,10.0.3.101"'; broken 'pool full' leases lease
inside ip address flush dev eth0
exhausted 'LXC_DHCP_MAX="2"'; broken 'maximum reached' leases lease
rm /etc/default/lxc-net; berth-net restart >/dev/null

# Firewalls of other programs.
nft add table inet strange
nft 'add chain inet strange out { type filter hook forward priority 0; policy drop; }'
broken 'an unknown drop' firewall reach
nft flush chain inet strange out; nft 'chain inet strange out { policy accept; }'
nft add rule inet strange out ip saddr 10.0.3.0/24 drop; broken 'a drop of the range' firewall reach
nft flush chain inet strange out; nft add rule inet strange out iifname lxcbr0 reject
broken 'a reject' firewall reach
nft flush chain inet strange out
nft add rule inet strange out ip saddr 10.0.3.77 drop
quiet 'a drop of one address' firewall reach
nft 'add chain inet strange early { type filter hook prerouting priority -300; }'
nft add rule inet strange early iifname lxcbr0 drop; broken 'an early drop' firewall reach
nft delete table inet strange
nft add table inet strange
nft 'add chain inet strange in { type filter hook input priority 0; policy drop; }'
nft add rule inet strange in iifname '!=' lxcbr0 accept
broken 'a drop of requests' firewall lease
nft delete table inet strange
iptables -A FORWARD -i lxcbr0 -j REJECT; broken 'a reject of iptables' firewall reach
iptables -F FORWARD
iptables -t raw -A PREROUTING -s 10.0.3.0/24 -j DROP; broken 'a drop in raw' firewall reach
iptables -t raw -F PREROUTING

# Sizes, addresses and names.
ip link set lxcbr0 mtu 1400; inside ip link set eth0 mtu 1500
broken 'MTU of the bridge too low' nics reach
ip link set lxcbr0 mtu 1500; inside ip link set eth0 mtu 1500
ip link set "$nic" mtu 1400; broken 'MTU inside too high' nics reach; ip link set "$nic" mtu 1500
ip address add 10.0.3.77/24 dev up0; doctor; echo "range used twice: $(verdict routes)"
message routes >>/run/messages; ip address del 10.0.3.77/24 dev up0
quiet 'range used once' routes reach
inside ip address add 10.0.3.1/24 dev eth0; doctor; echo "the bridge's address: $(verdict nics)"
message nics >>/run/messages; inside ip address del 10.0.3.1/24 dev eth0
inside sh -c 'echo nameserver 127.0.0.53 >/etc/resolv.conf'; doctor --container web
echo "127.0.0.53 without resolved: $(verdict resolv-conf)"; message resolv-conf >>/run/messages
inside sh -c 'echo nameserver 10.0.3.99 >/etc/resolv.conf'; doctor --container web
echo "an absent name server: $(verdict resolv-conf)"
inside sh -c 'echo nameserver 10.0.3.1 >/etc/resolv.conf'; doctor --container web
echo "the bridge as name server: $(verdict resolv-conf)"
echo 'nameserver 198.51.100.7' >/etc/resolv.conf; ip route add unreachable 198.51.100.0/24
doctor; echo "name server not reachable: $(verdict name-servers)"
ip route del unreachable 198.51.100.0/24; quiet 'silent name server' name-servers reach
echo 'nameserver 127.0.0.53' >/etc/resolv.conf; doctor
echo "no resolver here: $(verdict name-servers)"; message name-servers >>/run/messages
: >/etc/resolv.conf; doctor; echo "no name server: $(verdict name-servers)"

# Forwarded ports.
address=$(inside ip -4 -o addr show dev eth0 | sed 's,.*inet \([^/]*\)/.*,\1,')
echo "LXC_FORWARDS=\"tcp:8080=$address:80\"" >/etc/default/lxc-net; berth-net reload >/dev/null
doctor; echo "nothing listens: $(verdict forwards)"; message forwards >>/run/messages
inside sh -c 'mkdir -p /srv; httpd -p 80 -h /srv'; doctor; echo "httpd listens: $(verdict forwards)"
python3 -c 'import socket, time
s = socket.socket(); s.bind(("0.0.0.0", 8080)); s.listen(); time.sleep(600)' &
holder=$!
for _ in $(seq 200); do ss -Hltn 'sport = :8080' | grep -q . && break; sleep 0.05; done
doctor; echo "a program of the host: $(verdict forwards)"; message forwards >>/run/messages
kill $holder; wait $holder 2>/dev/null
rm /etc/default/lxc-net; berth-net reload >/dev/null

# The report that alice gets without root.
ip link set "$nic" nomaster
as_alice "$berth" doctor --json >/run/doctor.json; echo "alice, NIC unplugged: $(verdict nics)"
ip link set "$nic" master lxcbr0
kill -STOP "$(server)"
as_alice "$berth" doctor --json >/run/doctor.json; echo "alice, dnsmasq stopped: $(verdict dns)"
kill -CONT "$(server)"
as_alice "$berth" doctor --json >/run/doctor.json
for check in nics dns routes forwarding leases firewall name-servers; do
	echo "alice, $check: $(verdict $check)"
done

healthy 'healthy again'
conclude
