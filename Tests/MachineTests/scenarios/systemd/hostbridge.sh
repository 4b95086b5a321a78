# Bridges of a host with a network card, one made by systemd-networkd: berth-net refuses them, and
# changes nothing on them. A bridge of virtual machines is accepted.
# init files: systemd
# network card: yes

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q disable berth-net.service 2>/dev/null
	systemctl -q enable systemd-networkd.service
	cat >/etc/systemd/network/br0.netdev <<-'END'
		[NetDev]
		Name=br0
		Kind=bridge
	END
	cat >/etc/systemd/network/br0.network <<-'END'
		[Match]
		Name=br0
		[Network]
		Address=192.0.2.40/24
		Gateway=192.0.2.2
		ConfigureWithoutCarrier=yes
	END
	cat >/etc/systemd/network/eth0.network <<-'END'
		[Match]
		Name=eth0
		[Network]
		Bridge=br0
	END
}

# state: everything about the host's network that berth-net could have changed.
state() {
	ip -o link | sed 's/ state .*//'
	ip -o address | sed 's/ *valid_lft .*//'
	ip route show table all
	ip -6 route show table all | sed 's/ expires [0-9]*sec//'
	grep -rs . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf
	nft list ruleset
}
# refused WHAT WHY: by check, plan and start.
refused() {
	local before verb
	before=$(state)
	for verb in check plan start; do
		refute "$1: $verb refuses it" berth-net $verb
		expect "$1: $verb says why" holds "berth-net $verb 2>&1 | grep -q 'LXC_BRIDGE: .* is .*$2'"
	done
	equal "$1: nothing has changed" "$(state)" "$before"
	refute "$1: no dnsmasq runs" pidof dnsmasq
}
on() { echo "LXC_BRIDGE=$1" >/etc/default/lxc-net; }

after_boot() {
	expect "systemd-networkd has made the bridge" \
		eventually holds 'ip -4 -o address show br0 | grep -q 192.0.2.40/24'
	expect "with the network card" eventually holds 'ip -o link show master br0 | grep -q eth0'
	expect "the kernel says which device is behind the card" \
		holds 'ip -d link show eth0 | grep -q parentdev'
	sleep 3
	on br0
	refused "networkd's bridge with an address" "eth0 is a network card"
	refute "the service refuses it, too" systemctl start berth-net.service
	expect "and logs why" holds 'journalctl -u berth-net.service | grep -q "eth0 is a network card"'
	systemctl reset-failed berth-net.service
	systemctl stop systemd-networkd.socket systemd-networkd.service
	ip address flush dev br0
	refused "the bridge without an address" "eth0 is a network card"
	ip link set eth0 nomaster

	modprobe -a 8021q bonding dummy
	ip link add br1 type bridge
	ip link add link eth0 name eth0.5 type vlan id 5
	ip link set eth0.5 master br1
	on br1
	refused "a VLAN" "eth0.5 is a VLAN"
	ip link delete eth0.5
	ip link add bond7 type bond mode active-backup
	ip link set bond7 master br1
	refused "a bond" "bond7 is a bond"
	ip link delete bond7
	ip link set eth0 master br1
	refused "a network card in a bridge made by hand" "eth0 is a network card"
	ip link set eth0 nomaster

	ip link add dummy7 type dummy
	ip link set dummy7 master br1
	ip tuntap add vnet0 mode tap
	ip link set vnet0 master br1
	ip address add 10.5.5.1/24 dev br1
	expect "a bridge of virtual machines is accepted" berth-net start
	expect "and then the plan is empty" berth-net plan
	ip link set eth0 master br1
	refute "until it gets a network card" berth-net reload
	expect "stop" berth-net stop
	equal "its own address is still there" \
		"$(ip -4 -o address show br1 | awk '{ print $4 }')" 10.5.5.1/24
	ip link set eth0 nomaster

	echo >/etc/default/lxc-net
	expect "start" berth-net start
	ip link set eth0 master lxcbr0
	expect "on berth-net's own bridge, reload succeeds" berth-net reload
	expect "with a warning" holds 'berth-net check 2>&1 | grep -q "warning: .*lxcbr0.*eth0"'
	ip link set eth0 nomaster
	expect "stop" berth-net stop
	refute "which removes it" ip link show lxcbr0
}
