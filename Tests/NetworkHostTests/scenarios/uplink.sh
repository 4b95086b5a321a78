# LXC_UPLINK: containers in a LAN that has a router and a DHCP server of its own. After stop, the
# NIC is in the same state as before start, whatever happened in between.

# shellcheck source=Tests/NetworkHostTests/lan.sh
. "$LAB/lan.sh"
uplink 'LXC_UPLINK="eth1"'

says() { "$BERTH_NET" "$@" >/run/said 2>&1; }
# state: prints the interfaces of the host, one per line, without the numbers that the kernel gives
# to a NIC that is plugged in again, the routes, the settings and the firewall rules.
state() {
	for words in '-d link' 'addr'; do
		# shellcheck disable=SC2086 # words
		ip -j $words show | python3 -c '
import json, sys
for link in sorted(json.load(sys.stdin), key=lambda link: link["ifname"]):
    print({k: v for k, v in link.items() if k not in ("ifindex", "link_index")})'
	done
	ip route show table all
	ip -6 route show table all | sort
	grep -rs . /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_forward |
		grep -v -e stable_secret -e mc_forwarding
	bridge link
	nft -s list ruleset
}
address() { ip -n "$1" -4 -br addr show eth0 | awk '{ print $3 }'; }
attached() { grep -q '^INTERFACE=lan0$' /sys/class/net/eth1/master/uevent; }
status_says() { "$BERTH_NET" status | grep -q "$1"; }
setting() { cat "/proc/sys/net/ipv6/conf/$1/$2"; }
silent() { # silent NAMESPACE ADDRESS: nothing answers
	! ip netns exec "$1" ping -c 1 -W 1 "$2" >/dev/null 2>&1
}

for _ in $(seq 100); do
	ip -6 addr show dev up0 tentative | grep -q . || break
	sleep 0.1
done

# 1. What cannot work is refused before anything changes, with file, line, variable and advice.
before=$(state)
refused() { # refused PATTERN SETTINGS [VARIABLE [LINE]]
	uplink "$2"
	"$BERTH_NET" check >/run/said 2>&1
	equal "check refuses ${2%%"
"*}" "$?" 1

	expect "check says why: $1" grep -q "lan.conf:${4:-2}: ${3:-LXC_UPLINK}: .*$1" /run/said
	refute "start refuses ${2%%"
"*}" "$BERTH_NET" start
}
refused 'no interface eth9: correct the name' 'LXC_UPLINK="eth9"'
refused 'no interface eth9' 'LXC_UPLINK="eth9.100"'
refused 'loopback' 'LXC_UPLINK="lo"'
refused 'the bridge itself' 'LXC_UPLINK="lan0"'
refused 'the bridge itself' 'LXC_UPLINK="lan0.7"'
refused 'VLAN from 1 to 4094' 'LXC_UPLINK="eth1.0"'
refused 'VLAN from 1 to 4094' 'LXC_UPLINK="eth1.4095"'
refused 'VLAN from 1 to 4094' 'LXC_UPLINK="eth1.x"'
refused 'VLAN from 1 to 4094' 'LXC_UPLINK="eth1.010"'
refused 'has 16 characters' 'LXC_UPLINK="enp12s0f0np.1000"'
refused 'not the name of an interface' 'LXC_UPLINK="eth1 eth2"'
refused 'not the name of an interface' 'LXC_UPLINK="all"'
refused 'has the address 192.0.2.1/24' 'LXC_UPLINK="up0"'
refused 'cannot be combined with LXC_VXLAN' 'LXC_UPLINK="eth1"
LXC_VXLAN="7"'
refused 'cannot be combined with LXC_VLAN_AWARE' 'LXC_UPLINK="eth1"
LXC_VLAN_AWARE="true"'
for setting in LXC_DHCP=true LXC_NAT=true LXC_NETWORK=192.168.7.0/24 LXC_DNS_PORT=53 \
	LXC_FORWARDS=tcp:80=192.168.7.9 LXC_DHCP_RANGE=192.168.7.2,192.168.7.9 \
	LXC_DHCP_HOSTS=web,192.168.7.9 LXC_NETMASK=255.255.255.0; do
	refused 'needs LXC_ADDR' "LXC_UPLINK=eth1
$setting" "${setting%%=*}" 3
done
for setting in LXC_IPV6_ENABLE=true LXC_IPV6_PREFIX=2001:db8:7:0 LXC_IPV6_NAT=true; do
	refused 'needs LXC_IPV6_ADDR' "LXC_UPLINK=eth1
$setting" "${setting%%=*}" 3
done
refused 'more than the MTU of eth1, 1500' 'LXC_UPLINK="eth1"
LXC_BRIDGE_MTU="1600"' LXC_BRIDGE_MTU 3
printf 'LXC_BRIDGE=lan1\nLXC_UPLINK=eth1\n' >/etc/lxc/net.d/other.conf
uplink 'LXC_UPLINK="eth1"'
"$BERTH_NET" check >/run/said 2>&1
expect "two networks cannot have one uplink" \
	grep -q 'other.conf:2: LXC_UPLINK: eth1 is also the uplink in .*lan.conf' /run/said
rm /etc/lxc/net.d/other.conf
equal "nothing has changed" "$(state)" "$before"
# Uses of the NIC by the host.
while_so() { # while_so PATTERN COMMAND UNDO: the NIC is refused while COMMAND is in effect
	sh -c "$2"
	refused "$1" 'LXC_UPLINK="eth1"'
	sh -c "$3"
}
while_so 'has the address 192.0.2.77/32' 'ip addr add 192.0.2.77/32 dev eth1' \
	'ip addr del 192.0.2.77/32 dev eth1'
while_so 'has the address 2001:db8:9::1/64' 'ip -6 addr add 2001:db8:9::1/64 dev eth1 nodad' \
	'ip -6 addr del 2001:db8:9::1/64 dev eth1'
while_so 'a route of this host leads through eth1 (203.0.113.0/24)' \
	'ip link set eth1 up; ip route add 203.0.113.0/24 dev eth1' 'ip link set eth1 down'
while_so 'eth1 belongs to br7: run ip link set eth1 nomaster' \
	'ip link add br7 type bridge; ip link set eth1 master br7' \
	'ip link set eth1 nomaster; ip link del br7'
while_so 'eth1 is the NIC of a container' \
	'mkdir -p /run/lxc; echo "alice veth lan0 eth1" >/run/lxc/nics' 'rm /run/lxc/nics'
for address in 192.168.7.9/24 2001:db8:7::9/64; do
	while_so "lan0 has the address $address, which does not work in a LAN" \
		"ip link add lan0 type bridge; ip addr add $address dev lan0" 'ip link del lan0'
done
index=$(cat /sys/class/net/eth1/ifindex)
while_so 'systemd-networkd configures eth1 according to /etc/systemd/network/20-lan.network, ' \
	"mkdir -p /run/systemd/netif/links
	printf 'ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/20-lan.network\n' \
		>/run/systemd/netif/links/$index" \
	"rm -r /run/systemd/netif"
while_so 'run nmcli device set eth1 managed no' \
	"mkdir -p /run/NetworkManager/devices
	printf '[device]\nconnection-uuid=1\nmanaged=true\n' >/run/NetworkManager/devices/$index" \
	"rm -r /run/NetworkManager"
ip link add br8 type bridge
refused 'br8 is a bridge' 'LXC_UPLINK="br8"'
ip link del br8
uplink 'LXC_UPLINK="eth1"'
# States that would later be refused, or cause a warning.
if ip link add eth1.9 link eth1 type vlan id 9 2>/dev/null; then
	ip link del eth1.9
else
	uplink 'LXC_UPLINK="eth1.100"'
	refute "check refuses a VLAN if the kernel has none" says check
	expect "check names the option of the kernel" grep -q 'CONFIG_VLAN_8021Q.* LXC_UPLINK' /run/said
fi
uplink 'LXC_UPLINK="eth1"'
mkdir -p /etc/lxc
echo 'alice veth lan0 10 ipfilter' >/etc/lxc/lxc-usernet
expect "check succeeds with a line that has ipfilter" says check
expect "check warns of ipfilter in a LAN" grep -q \
	'line 1 of /etc/lxc/lxc-usernet has ipfilter, but lan0 is part of a LAN' /run/said
rm /etc/lxc/lxc-usernet
# The kernel's own address does not count.
echo 0 >/proc/sys/net/ipv6/conf/eth1/accept_ra
ip link set eth1 up
for _ in $(seq 50); do
	ip -6 addr show dev eth1 -tentative | grep -q 'fe80' && break
	sleep 0.1
done
expect "a link-local address of the kernel is no address of the host" "$BERTH_NET" check
before_up=$(state)
expect "start succeeds with a NIC that is up" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop
equal "a NIC that was up is as before" "$(state)" "$before_up"
ip link set eth1 down
echo 1 >/proc/sys/net/ipv6/conf/eth1/accept_ra
equal "the host is as before" "$(state)" "$before"

# 2. Containers are in the LAN.
expect "start succeeds" "$BERTH_NET" start
expect "the plan is empty after start" "$BERTH_NET" plan
expect "the NIC is a port of the bridge" attached
equal "the host does not configure itself from the LAN" \
	"$(setting eth1 accept_ra) $(setting eth1 autoconf) $(setting lan0 accept_ra)" '0 0 0'
equal "the bridge has no IPv6" "$(setting lan0 disable_ipv6)" 1
equal "the bridge has no address" "$(ip -br addr show lan0 | awk '{ print NF }')" 2
equal "the MTU is that of the NIC" "$(cat /sys/class/net/lan0/mtu)" 1500
bridge_mac=$(cat /sys/class/net/lan0/address)
refute "the bridge's hardware address is not the same on all hosts" \
	[ "$bridge_mac" = 10:66:6a:00:00:00 ]
expect "no dnsmasq serves the LAN" status_says 'dnsmasq: not needed'
lab_container web lan0
lab_container db lan0
expect "web gets a lease of the LAN" lab_lease web
expect "db gets a lease of the LAN" lab_lease db
expect "its router is that of the LAN" grep -q '^192.168.7.1[0-9][0-9] 192.168.7.1 ' /run/lease.web
expect "web reaches a host of the LAN" reaches4 web 192.168.7.20
expect "a host of the LAN reaches web" reaches4 laptop "$(lab_address web)"
expect "containers reach each other" reaches4 db "$(lab_address web)"
for _ in $(seq 100); do
	ip -n web -6 addr show dev eth0 scope global | grep -q 2001:db8:7: && break
	sleep 0.1
done
expect "the LAN's router advertisements give web an address" \
	sh -c 'ip -n web -6 addr show dev eth0 scope global | grep -q 2001:db8:7:'
expect "web reaches the router by IPv6" reaches6 web 2001:db8:7::1
equal "status names the uplink" "$("$BERTH_NET" status | grep 'uplink:')" \
	'  uplink: eth1, link is up'
"$BERTH_NET" status --json >/run/status.json
equal "status --json has the uplink" "$(python3 -c '
import json
networks = json.load(open("/run/status.json"))["networks"]
network = [network for network in networks if network["bridge"] == "lan0"][0]
uplink = network["uplink"]
print(network["state"], uplink["port"], uplink["nic"], *(
    name for name in ("isAttached", "isUp", "hasCarrier") if uplink[name]))')" \
	'up eth1 eth1 isAttached isUp hasCarrier'
equal "berth status --json has the uplink" "$("$BERTH" status --json --bridge lan0 | python3 -c '
import json, sys
print(json.load(sys.stdin)["networks"][0]["uplink"])')" "{'hasCarrier': True, \
'isAttached': True, 'isUp': True, 'nic': 'eth1', 'port': 'eth1', 'vlan': None}"
equal "berth status names the uplink" "$("$BERTH" status | grep -o 'uplink  .*')" \
	'uplink     up, eth1'
# The host is not part of the LAN: it neither answers nor forwards there.
ip -n web route add 10.0.3.0/24 via 192.168.7.1
ip -n laptop route add 10.0.3.1/32 dev eth0
expect "the host does not answer for its other addresses" silent laptop 10.0.3.1
ip -n web neigh add 192.168.7.250 lladdr "$bridge_mac" dev eth0
ip -n web route replace 192.0.2.0/24 via 192.168.7.250 onlink dev eth0
expect "the host does not forward packets of containers" silent web 192.0.2.2
expect "containers do not reach this host through the bridge" silent web 192.0.2.1

# With br_netfilter, the IP firewall sees the frames: Berth's rules accept them, and others that do
# not are named.
nf=/proc/sys/net/bridge/bridge-nf-call-iptables
if [ -f $nf ]; then
	echo 1 >$nf
	expect "web reaches the LAN through the IP firewall" reaches4 web 192.168.7.20
	nft add table ip filter
	nft 'add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }'
	expect "web does not reach the LAN through a chain that drops its frames" \
		silent web 192.168.7.20
	expect "check succeeds with a chain that drops frames" says check
	expect "check names the chain that drops frames" \
		grep -q 'ip filter FORWARD drops packets from and to lan0' /run/said
	echo 0 >$nf
	expect "check succeeds while frames skip the chain" says check
	refute "check does not name a chain that frames skip" \
		grep -q 'drops packets from and to lan0' /run/said
	nft delete table ip filter
	expect "web reaches the LAN without the chain" reaches4 web 192.168.7.20
fi

# 3. reload and restart lose no packet.
ip netns exec web ping -i 0.02 -c 200 192.168.7.20 >/run/ping 2>&1 &
pinging=$!
sleep 0.3
expect "reload succeeds" "$BERTH_NET" reload
expect "restart succeeds" "$BERTH_NET" restart
wait "$pinging"
expect "reload and restart lose no packet" grep -q ' 0% packet loss' /run/ping
equal "containers with LXC_ISOLATE are isolated, and the uplink is not" "$(
	uplink 'LXC_UPLINK="eth1"
LXC_ISOLATE="true"'
	"$BERTH_NET" reload >/dev/null
	silent web "$(lab_address db)" && reaches4 web 192.168.7.20 >/dev/null && echo so
	uplink 'LXC_UPLINK="eth1"'
	"$BERTH_NET" reload >/dev/null
)" so
expect "the containers reach each other again" reaches4 db "$(lab_address web)"

# 4. An uplink is removed and added while containers run.
uplink 'LXC_IPV6_ENABLE="false"
LXC_ADDR="10.9.9.1"'
expect "reload removes the uplink" "$BERTH_NET" reload
expect "the plan is empty without the uplink" "$BERTH_NET" plan
refute "the NIC is no longer a port of the bridge" attached
equal "the settings of the NIC are as before" \
	"$(setting eth1 accept_ra) $(setting eth1 autoconf) $(cat /sys/class/net/eth1/flags)" \
	'1 1 0x1002'
ip -n web addr add 10.9.9.9/24 dev eth0
expect "the host answers containers again" reaches4 web 10.9.9.1
ip -n web addr del 10.9.9.9/24 dev eth0
uplink 'LXC_UPLINK="eth1"'
expect "reload adds the uplink" "$BERTH_NET" reload
expect "the plan is empty with the uplink" "$BERTH_NET" plan
expect "web reaches the LAN again" reaches4 web 192.168.7.20

# With an address, this host is part of the LAN.
uplink 'LXC_UPLINK="eth1"
LXC_ADDR="192.168.7.2"'
expect "reload gives the bridge an address" "$BERTH_NET" reload
expect "the plan is empty with an address" "$BERTH_NET" plan
expect "a host of the LAN reaches this host" reaches4 laptop 192.168.7.2
expect "a container reaches this host" reaches4 web 192.168.7.2
expect "a container still reaches the LAN" reaches4 web 192.168.7.20
expect "this host reaches the LAN" ping -c 1 -W 5 192.168.7.20
uplink 'LXC_UPLINK="eth1"'
expect "reload removes the address" "$BERTH_NET" reload
expect "a host of the LAN does not reach this host any more" silent laptop 192.168.7.2

# 5. berth-net run restores what other programs remove.
"$BERTH_NET" run >/run/run.log 2>&1 &
running=$!
lab_servers="$lab_servers $running"
until [ -e /run/lxc/berth-net.run ]; do sleep 0.1; done
soon() { # soon COMMAND…: succeeds within 15 s
	for _ in $(seq 150); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
ip link set eth1 nomaster
expect "run attaches the NIC again" soon attached
ip link set eth1 down
expect "run brings the NIC up again" soon sh -c 'ip -br link show eth1 | grep -q "[<,]UP"'
bridge link set dev eth1 isolated on
released() { bridge -d link show dev eth1 | grep -q 'isolated off'; }
expect "run releases the NIC from isolation" soon released
ip link del eth1
expect "status says that the NIC is missing" \
	status_says 'missing: uplink: this host has no interface eth1'
lan_up
expect "run attaches a NIC that was plugged in again" soon attached
expect "web reaches the LAN through it" reaches4 web 192.168.7.20
# Another program took it: berth-net leaves it to that program, and says so.
ip link add br7 type bridge
ip link set eth1 master br7
expect "run says who has the NIC" soon \
	grep -q 'lan0 is cut off from its LAN: eth1 belongs to br7' /run/run.log
ip link del br7
expect "run attaches the NIC that was released" soon attached
ip -n lan link set port down
expect "status says that there is no carrier" soon status_says 'uplink: eth1, no carrier'
ip -n lan link set port up
expect "web reaches the LAN after the link was lost" reaches4 web 192.168.7.20
kill "$running"
wait "$running" 2>/dev/null
expect "the network stays while containers use it" attached

# 6. stop restores the NIC, also one that was plugged in again. killed.sh kills berth-net at each
# system call.
ip netns del web
ip netns del db
ip link del vweb 2>/dev/null
ip link del vdb 2>/dev/null
expect "stop succeeds at the end" "$BERTH_NET" stop
equal "the host is as before after stop" "$(state)" "$before"
