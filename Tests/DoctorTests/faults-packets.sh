# shellcheck shell=bash
# PacketFaults.swift runs this on a host with LXC, berth-net and alice. It breaks what packets and
# the messages of ARP, DHCP and DNS need besides the parts in faults-network.sh: settings of the
# kernel and of the bridge, the host's own uplink, and the settings of berth-net and of dnsmasq.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"
# shellcheck source=Tests/DoctorTests/packet-probes.sh
. "$faults/packet-probes.sh"

# found NAME CHECK [OPTION...]: a fault whose fix is advice.
found() {
	local name=$1 check=$2
	shift 2
	doctor "$@"
	echo "$name: $(verdict "$check")"
	message "$check" >>/run/messages
}

start_web
healthy healthy

# The kernel and the bridge.
for name in lxcbr0 all; do
	echo 8 >/proc/sys/net/ipv4/conf/$name/arp_ignore
	broken "arp_ignore of $name" network-sysctls gateway
done
echo 1 >/proc/sys/net/ipv4/conf/lxcbr0/arp_ignore
quiet 'another arp_ignore' network-sysctls gateway
echo 0 >/proc/sys/net/ipv4/conf/lxcbr0/arp_ignore
echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all; broken 'pings ignored' network-sysctls gateway
ip link set lxcbr0 arp off; broken 'ARP off' bridge gateway
ip link set lxcbr0 type bridge forward_delay 1500 stp_state 1; broken 'spanning tree' bridge reach
ip link set lxcbr0 type bridge forward_delay 200
ip address del 10.0.3.1/24 dev lxcbr0; ip address add 10.0.3.1/32 dev lxcbr0
broken 'prefix length of the bridge' bridge gateway
ip address del 10.0.3.1/32 dev lxcbr0

# Routes.
ip route add 10.0.3.0/24 via 192.0.2.2 table 52; ip rule add to 10.0.3.0/24 lookup 52 pref 5270
broken 'the table of a VPN' routes gateway; ip rule del pref 5270
ip rule add to 10.0.3.0/24 prohibit pref 90; broken 'a rule for the range' routes gateway
ip -n outside link set eth0 down; found 'no carrier' routes; ip -n outside link set eth0 up
ip route replace default via 192.0.2.99; reach; found 'no router' routes
ip route replace default via 192.0.2.2
ip link set up0 down; found 'uplink down' routes
ip link set up0 up; ip route add default via 192.0.2.2; quiet 'uplink up' routes reach

ip xfrm policy add src 10.0.3.0/24 dst 0.0.0.0/0 dir fwd action block
broken 'an IPsec policy' ipsec reach
ip xfrm policy add src 192.0.2.0/24 dst 198.51.100.0/24 dir out action block
quiet 'another policy' ipsec reach; ip xfrm policy flush

# Settings of berth-net. Nothing depends on DHCP while the container has a lease.
settings() { printf '%s\n' "$@" >/etc/default/lxc-net; berth-net reload >/dev/null 2>&1; }
settings 'LXC_DHCP="false"'
nsenter -t "$web" -n ip address flush dev eth0
broken 'DHCP off' switched-off lease
settings 'LXC_DNS_PORT="0"'; broken 'DNS off' switched-off resolve
inside udhcpc -i eth0 -n -q -t 4 -T 1 >/dev/null 2>&1
settings 'LXC_NAT="false"'; broken 'NAT off' switched-off reach
settings ''; quiet 'settings' switched-off reach
echo 'LXC_DHCP_MAX="99"' >/etc/default/lxc-net; broken 'settings not used' network-settings reach
settings 'LXC_DHCP_HOSTS="alice/web,10.0.3.9"'
cp /etc/lxc/berth.key /run/berth.key; head -c 32 /dev/urandom >/etc/lxc/berth.key
broken 'another key' network-settings reach
cat /run/berth.key >/etc/lxc/berth.key; berth-net reload >/dev/null 2>&1
quiet 'a reservation' reservations reach
settings 'LXC_DHCP_HOSTS="alice/wbe,10.0.3.9"'; found 'a misspelled reservation' reservations
settings 'LXC_DHCP_HOSTS="alice/web,10.0.3.9"'
berth-net stop >/dev/null 2>&1
echo "$(($(date +%s) + 3000)) 00:16:3e:99:99:99 10.0.3.9 other *" \
	>/var/lib/misc/dnsmasq.lxcbr0.leases
berth-net start >/dev/null 2>&1
found 'a reserved address in use' reservations
berth-net stop >/dev/null 2>&1; rm /var/lib/misc/dnsmasq.lxcbr0.leases
settings ''; berth-net start >/dev/null 2>&1
echo '10.9.9.9 web.alice.lxc' >>/etc/hosts; berth-net reload >/dev/null 2>&1
found 'a name in hosts' host-names
sed -i '$d' /etc/hosts; berth-net reload >/dev/null 2>&1; quiet 'no name in hosts' host-names reach

# The administrator's file for dnsmasq.
options() {
	printf '%s\n' "$@" >/etc/lxc/dnsmasq.conf
	settings 'LXC_DHCP_CONFILE="/etc/lxc/dnsmasq.conf"'
	doctor
	echo "$*: $(verdict dnsmasq-options)"
	message dnsmasq-options >>/run/messages
}
for option in 'dhcp-ignore=tag:!staff' dhcp-option=3 dhcp-option=option:router,10.0.3.254 \
	dhcp-option=option:dns-server no-dhcp-interface=lxcbr0 dhcp-host=02:00:00:00:00:01,ignore \
	'address=/#/192.0.2.80' no-resolv dhcp-range=10.9.0.2,10.9.0.9 address=/web.alice.lxc/10.9.9.9 \
	cache-size=500 dhcp-option=42,192.0.2.123 address=/intranet.example/192.0.2.80 domain-needed \
	dhcp-option=3,10.0.3.1; do
	options "$option"
done
options no-resolv server=192.0.2.53
settings ''; rm /etc/lxc/dnsmasq.conf

# Another DHCP server.
berth-net stop >/dev/null 2>&1
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 67)); time.sleep(600)' &
holder=$!
for _ in $(seq 200); do ss -Hlun 'sport = :67' | grep -q . && break; sleep 0.05; done
berth-net start >/dev/null 2>&1; found 'another DHCP server' dns --container web
kill $holder; wait $holder 2>/dev/null; berth-net start >/dev/null 2>&1

# The container's own gateway.
as_alice lxc-stop -k -n web
config=$HOME/.local/share/lxc/web/config
cp -p "$config" /run/config
printf '%s\n' 'lxc.net.0.ipv4.address = 10.0.3.250/24' 'lxc.net.0.ipv4.gateway = 10.0.3.77' \
	>>"$config"
fault 'a gateway that no host has' static-addresses --container web
cp -p /run/config "$config"
conclude
