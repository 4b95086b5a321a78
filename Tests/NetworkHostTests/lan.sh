#!/bin/sh
# A LAN to which the NIC eth1 of the test host leads, sourced by scenarios of LXC_UPLINK: a router
# with a DHCP server (192.168.7.1, 2001:db8:7::1), and the host laptop (192.168.7.20). The network
# lan0 of the test host has its settings in /etc/lxc/net.d/lan.conf. Like lab.sh, it changes nothing
# outside.

# lan_up: creates the NIC eth1, and connects it to the LAN. A second call creates another NIC of the
# same name.
lan_up() {
	ip link add eth1 address 02:00:00:00:00:e1 type veth peer name port netns lan
	ip -n lan link set port master sw
	ip -n lan link set port up
	# The kernel replaces the queue of an interface that comes up, and keeps the new one.
	ip link set eth1 up
	ip link set eth1 down
}
# The switch and the router of the LAN, with a further host, laptop.
ip netns add lan
ip -n lan link set lo up
ip -n lan link add sw type bridge
ip -n lan link set sw up
ip -n lan addr add 192.168.7.1/24 dev sw
ip -n lan -6 addr add 2001:db8:7::1/64 dev sw nodad
ip netns add laptop
ip link add eth0 netns laptop type veth peer name laptop netns lan
ip -n lan link set laptop master sw
ip -n lan link set laptop up
ip -n laptop link set lo up
ip -n laptop addr add 192.168.7.20/24 dev eth0
ip -n laptop link set eth0 up
lan_up
ip netns exec lan dnsmasq --conf-file=/dev/null --interface=sw --bind-interfaces --port=0 \
	--pid-file=/run/dnsmasq-lan.pid --dhcp-leasefile=/run/lan.leases --no-ping \
	--dhcp-range=192.168.7.100,192.168.7.150 --dhcp-range=2001:db8:7::,ra-only
lab_servers="$lab_servers $(cat /run/dnsmasq-lan.pid)"
# The host has a network with NAT and an interface of its own, too.
lab_outside
mkdir -p /etc/lxc/net.d
: | lab_settings
uplink() { printf 'LXC_BRIDGE="lan0"\n%s\n' "$*" >/etc/lxc/net.d/lan.conf; }
