# berth doctor on a host with LXC_UPLINK: each fault is caused, named, and fixed by the printed
# commands; without a fault, doctor finds none.
[ -x "${BERTH:-}" ] || skip "no BERTH: run make"
lab_first_process uplink-doctor
# shellcheck source=Tests/NetworkHostTests/lan.sh
. "$LAB/lan.sh"
ln -s "$BERTH_NET" /usr/local/sbin/berth-net
lab_user alice
echo 'alice veth lan0 20' >>/etc/lxc/lxc-usernet
rm -f /etc/systemd/system/*.wants/lxc-net.service /etc/rc?.d/S*lxc-net
printf 'lxc.net.0.type = veth\nlxc.net.0.link = lan0\n' >/etc/lxc/default.conf

doctor() { "$BERTH" doctor --json "$@" >/run/doctor; }
verdict() { python3 "$LAB/findings.py" /run/doctor verdict "$1"; }
messages() { python3 "$LAB/findings.py" /run/doctor messages "$1"; }
fixes() { python3 "$LAB/findings.py" /run/doctor fixes "$1" >/run/fix; }
checks='uplink duplicate-addresses bridge network-settings competing-services firewall forwarding
dns dnsmasq-options routes switched-off nics leases traffic-control path-mtu'
quiet() { # quiet WHAT: no check of networks finds a fault
	doctor
	for lan_check in $checks; do
		case $(verdict "$lan_check") in
		ok | none | unknown) ;;
		*) equal "$1: $lan_check" "$(messages "$lan_check")" '' ;;
		esac
	done
	equal "$1: the uplink" "$(verdict uplink)" ok
}
named() { # named CHECK VERDICT TEXT WHAT
	doctor
	equal "$4 is a $2" "$(verdict "$1")" "$2"
	expect "$4 is named: $3" sh -c 'echo "$1" | grep -qF -- "$2"' - "$(messages "$1")" "$3"
	messages "$1" | grep -v '^ok'
}
fault() { # fault CHECK VERDICT TEXT WHAT: the printed commands, run as they are, fix it
	named "$@"
	fixes "$1"
	expect "$4: a command is printed" [ -s /run/fix ]
	expect "$4: the commands succeed" sh -e /run/fix
	quiet "$4, after the fix"
	expect "$4: web reaches the LAN" reaches4 web 192.168.7.20
}
index() { cat /sys/class/net/eth1/ifindex; }

uplink 'LXC_UPLINK="eth1"'
expect "start succeeds" "$BERTH_NET" start
expect "alice gets a NIC" lab_real_nic web alice lan0
expect "web gets a lease of the LAN" lab_lease web
quiet "a host without an address in the LAN"
doctor alice
equal "the report of alice has the uplink" "$(verdict uplink)" ok

# The port.
ip link set eth1 nomaster
fault uplink problem "it is not attached to lan0, so containers do not reach their LAN" \
	"a NIC that was detached"
ip link set eth1 down
fault uplink problem "it is down, so containers do not reach their LAN" "a NIC that is down"
ip link add br7 type bridge
ip link set eth1 master br7
fault uplink problem "lan0 is cut off from its LAN: eth1 belongs to br7" \
	"a NIC that another bridge has"
ip link del br7
ip link set eth1 nomaster
ip addr add 192.0.2.77/32 dev eth1
fault uplink problem "lan0 is cut off from its LAN: eth1 has the address 192.0.2.77/32" \
	"a NIC that was detached and got an address"
ip addr add 192.168.7.77/24 dev eth1
fault uplink warning "it has the address 192.168.7.77/24, which does not work on a port" \
	"an address of the port"
ip link del eth1
named uplink problem "lan0 is cut off from its LAN: this host has no interface eth1" \
	"a NIC that was unplugged"
fixes uplink
lan_up
expect "reload attaches the NIC that was plugged in again" sh -e /run/fix
quiet "a NIC that was plugged in again"
ip -n lan link set port down
named uplink problem "it has no carrier, so containers on lan0 do not reach their LAN" \
	"a NIC without a carrier"
ip -n lan link set port up
for _ in $(seq 50); do ! grep -q 0 /sys/class/net/eth1/carrier || sleep 0.1; done
quiet "a NIC with a carrier again"
bridge link set dev eth1 isolated on
fault network-settings problem "uplink eth1 is restored (isolated)" "a NIC that is isolated"
bridge link set dev eth1 learning off
fault network-settings problem "uplink eth1 is restored (learns no addresses)" \
	"a NIC that learns no addresses"
echo 1 >/proc/sys/net/ipv6/conf/eth1/accept_ra
fault network-settings problem "accept_ra of the uplink eth1, 1 becomes 0" \
	"router advertisements for the host"
nft delete table inet berth_lan0
fault network-settings problem "firewall table inet berth_lan0" "missing rules"

# Programs that configure NICs. The files are those that they write.
mkdir -p /run/systemd/netif/links
printf 'ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/20-lan.network\n' \
	>"/run/systemd/netif/links/$(index)"
named competing-services warning \
	'systemd-networkd configures it according to /etc/systemd/network/20-lan.network' \
	"a NIC that networkd manages"
ip link set eth1 nomaster
named uplink problem 'systemd-networkd configures eth1 according to' \
	"a NIC that networkd took off the bridge"
echo ADMIN_STATE=unmanaged >"/run/systemd/netif/links/$(index)"
fault uplink problem "it is not attached to lan0" "a NIC that networkd no longer manages"
mkdir -p /run/NetworkManager/devices
printf '[device]\nconnection-uuid=1\nmanaged=true\n' >"/run/NetworkManager/devices/$(index)"
cat >/usr/local/sbin/nmcli <<-'END'
	#!/bin/sh
	[ "$*" = 'device set eth1 managed no' ] || exit 1
	index=$(cat /sys/class/net/eth1/ifindex)
	printf '[device]\nmanaged=false\n' >"/run/NetworkManager/devices/$index"
END
chmod +x /usr/local/sbin/nmcli
fault competing-services warning "NetworkManager manages it, and may take it off its bridge" \
	"a NIC that NetworkManager manages"

# A container runs on one host at a time.
mac=$(lab_hardware web)
sleep 1.5
ip netns add twin
ip link add eth0 address "$mac" netns twin type veth peer name twin netns lan
ip -n lan link set twin master sw
ip -n lan link set twin up
# web would defend its link-local address, so the bridge would learn its port again.
ip netns exec twin sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
ip -n twin link set eth0 up
ip -n twin addr add 192.168.7.30/24 dev eth0
ip netns exec twin ping -i 0.1 192.168.7.20 >/dev/null 2>&1 &
twin=$!
lab_servers="$lab_servers $twin"
sleep 0.5
named duplicate-addresses problem "its hardware address $mac is also used behind eth1" \
	"a hardware address that another host uses"
# A frame that web sends, such as a report for multicast, takes the address back for a moment.
for _ in $(seq 20); do
	doctor alice
	[ "$(verdict duplicate-addresses)" != problem ] || break
done
equal "the report of alice has it, too" "$(verdict duplicate-addresses)" problem
kill "$twin"
ip netns del twin
expect "web reaches the LAN without the other container" reaches4 web 192.168.7.20
quiet "without the other container"

# With addresses of this host.
for address in LXC_ADDR=192.168.7.5 LXC_IPV6_ADDR=2001:db8:7::5; do
	uplink "LXC_UPLINK=eth1
$address"
	expect "reload with $address" "$BERTH_NET" reload
	quiet "with $address"
done
uplink 'LXC_UPLINK="eth1"
LXC_ADDR="192.168.7.5"'
expect "reload with an IPv4 address" "$BERTH_NET" reload
address=$(lab_address web)
ip -n web link set eth0 arp off
ip -n laptop addr add "$address/24" dev eth0
ip neigh flush dev lan0
expect "this host reaches the wrong host" ping -c 1 -W 5 "$address"
named duplicate-addresses problem "its address $address is also used by" \
	"an address that another host uses"
ip -n laptop addr del "$address/24" dev eth0
ip -n web link set eth0 arp on
ip neigh flush dev lan0
expect "this host reaches web" ping -c 1 -W 5 "$address"
quiet "without the other address"

# As the DHCP server of the LAN.
kill "$(cat /run/dnsmasq-lan.pid)"
uplink 'LXC_UPLINK="eth1"
LXC_ADDR="192.168.7.5"
LXC_DHCP="true"'
expect "reload with a DHCP server" "$BERTH_NET" reload
ip -n laptop -4 addr flush dev eth0
ip neigh flush dev lan0
expect "a host of the LAN gets a lease of this host" lab_lease laptop
expect "this host reaches it" ping -c 1 -W 5 "$(lab_address laptop)"
quiet "with leases of hosts of the LAN"
ip -n laptop addr add 192.168.7.77/24 dev eth0
expect "this host reaches an address without a lease" ping -c 1 -W 5 192.168.7.77
named duplicate-addresses warning "192.168.7.77, which is in the DHCP range of this host, is used" \
	"an address without a lease"

lab_end_container web
expect "stop succeeds" "$BERTH_NET" stop
