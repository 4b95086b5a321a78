# LXC_BRIDGE names a bridge that systemd-networkd or an administrator created on a host with a
# network card. berth-net refuses it if its port is a card, VLAN or bond, and accepts it if its
# ports are those of containers and virtual machines. It changes nothing that it found.
# Namespaces cannot have a card, and the kernel of a test host may lack bonds, dummies and VLANs.
# NetworkHostTests covers the other kinds of ports.
# init files: systemd
# network card: yes

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q disable berth-net.service
	# The machine has no udev. Where /sys is read-only, networkd does not wait for it.
	printf '%s\n' virtio_pci virtio_net 8021q bonding dummy >/etc/modules-load.d/network.conf
	mkdir -p /etc/systemd/system/systemd-networkd.service.d
	printf '[Service]\nReadOnlyPaths=/sys\n' \
		>/etc/systemd/system/systemd-networkd.service.d/sys.conf
	write_network eth0 'Address=192.0.2.40/24' 'Gateway=192.0.2.2'
	systemctl -q enable systemd-networkd.service
}

# netdev NAME KIND LINE…, network NAME LINE…: write a file of systemd-networkd.
netdev() {
	local name=$1 kind=$2
	shift 2
	printf '%s\n' '[NetDev]' "Name=$name" "Kind=$kind" "$@" \
		>"/etc/systemd/network/$name.netdev"
}
network() {
	local name=$1
	shift
	printf '%s\n' '[Match]' "Name=$name" '[Network]' "$@" >"/etc/systemd/network/$name.network"
}
# write_network PORT LINE…: br0 with that port, which is eth0, or which networkd creates.
write_network() {
	local port=$1
	shift
	rm -rf /etc/systemd/network
	mkdir -p /etc/systemd/network
	netdev br0 bridge
	network br0 ConfigureWithoutCarrier=yes IPv6AcceptRA=no "$@"
	network "$port" Bridge=br0
	case $port in
		vlan5)
			netdev vlan5 vlan '[VLAN]' Id=5
			network eth0 VLAN=vlan5 LinkLocalAddressing=no IPv6AcceptRA=no
			;;
		bond7)
			netdev bond7 bond '[Bond]' Mode=active-backup
			network eth0 Bond=bond7
			;;
		dummy7) netdev dummy7 dummy ;;
	esac
}
# networkd_makes PORT ADDRESS: the address may be empty.
networkd_makes() {
	local link
	systemctl stop systemd-networkd.socket systemd-networkd.service
	for link in br0 vlan5 bond7 dummy7; do
		[ ! -e "/sys/class/net/$link" ] || ip link delete "$link"
	done
	write_network "$1" ${2:+"Address=$2"}
	systemctl start systemd-networkd.service
	eventually [ -e "/sys/class/net/br0/brif/$1" ] \
		&& { [ -z "$2" ] || eventually has_address br0 "$2"; } && settled
}
has_address() { ip -4 -o address show "$1" | grep -q " $2 "; }

# state: everything about the host's network that berth-net could have changed.
state() {
	ip -o -d link | sed 's/ state [A-Za-z]*//g; s/ [a-z_]*_timer *[0-9.]*//g
		s/ topology_change_detected [01]//'
	ip -o address | sed 's/ *valid_lft .*//'
	ip route show table all
	# Where a bridge has no carrier, the kernel adds this route with the first address.
	ip -6 route show table all | grep -v '^multicast ff00::/8 dev br0'
	grep -rs . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf
	nft list ruleset
}
# settled: the state no longer changes by itself.
settled() {
	local seen deadline=$((SECONDS + 60))
	until seen=$(state) && sleep 2 && [ "$(state)" = "$seen" ]; do
		[ $SECONDS -lt $deadline ] || return 1
	done
}
# refused WHAT WHY: by each verb, before anything changes.
refused() {
	local before verb
	before=$(state)
	for verb in check plan start reload; do
		refute "$1: $verb refuses the bridge" berth-net $verb
		cp /run/said /run/refusal
		expect "$1: $verb says why" grep -q "LXC_BRIDGE: .*$2" /run/refusal
	done
	equal "$1: nothing has changed" "$(state)" "$before"
	refute "$1: no dnsmasq runs" pidof dnsmasq
}
# accepted WHAT BRIDGE ADDRESS: start and stop leave it as it was.
accepted() {
	local before
	before=$(state)
	expect "$1: check succeeds" berth-net check
	expect "$1: start succeeds" berth-net start
	expect "$1: the plan is empty after start" berth-net plan
	expect "$1: dnsmasq runs" pidof dnsmasq
	[ -z "$3" ] ||
		expect "$1: the bridge keeps its own address after start" has_address "$2" "$3"
	expect "$1: stop succeeds" berth-net stop
	[ -z "$3" ] ||
		expect "$1: the bridge keeps its own address after stop" has_address "$2" "$3"
	equal "$1: stop restores the bridge and the host" "$(state)" "$before"
}

# /etc/default/lxc of Debian switches the network off.
use_bridge() {
	printf '%s\n' 'USE_LXC_BRIDGE="true"' "LXC_BRIDGE=\"$1\"" >/etc/default/lxc-net
}

after_boot() {
	local port address what
	expect "after boot, the bridge exists with its address" eventually has_address br0 192.0.2.40/24
	expect "the network card is a port of the bridge" eventually [ -e /sys/class/net/br0/brif/eth0 ]
	expect "the network card has a device" holds 'ip -d link show eth0 | grep -q parentdev'
	expect "the default route leads through the bridge" \
		eventually holds 'ip route show default | grep -q br0'
	expect "the state of the network settles after the boot" settled
	use_bridge br0
	refused "the bridge that networkd created at boot" "eth0 is a network card"
	refute "the service refuses networkd's bridge" systemctl start berth-net.service
	expect "the journal says why the service refuses the bridge" \
		holds 'journalctl -u berth-net.service | grep -q "eth0 is a network card"'
	systemctl stop berth-net.service

	for port in eth0 vlan5 bond7 dummy7; do
		for address in '' 192.0.2.40/24; do
			what="networkd, $port, ${address:-no address}"
			echo "$what ($SECONDS s)"
			expect "$what: making the bridge succeeds" networkd_makes $port "$address"
			case $port in
				eth0) refused "$what" "eth0 is a network card" ;;
				vlan5) refused "$what" "vlan5 is a VLAN" ;;
				bond7) refused "$what" "bond7 is a bond" ;;
				*) accepted "$what" br0 "$address" ;;
			esac
		done
	done
	systemctl stop systemd-networkd.socket systemd-networkd.service
	ip link delete br0

	# Created by hand, for containers and virtual machines.
	ip link add br1 type bridge
	ip link set br1 up
	ip tuntap add vnet0 mode tap
	ip link set vnet0 master br1
	ip address add 10.5.5.1/24 dev br1
	use_bridge br1
	expect "the state of the bridge created by hand settles" settled
	accepted "a bridge created by hand" br1 10.5.5.1/24
	expect "start succeeds on the bridge created by hand" berth-net start
	ip link set eth0 master br1
	refute "reload refuses the bridge once a network card is its port" berth-net reload
	expect "stop succeeds on the bridge created by hand" berth-net stop
	expect "stop keeps the address of the bridge created by hand" has_address br1 10.5.5.1/24
	refused "a bridge created by hand with a network card" "eth0 is a network card"
	ip link set eth0 nomaster

	use_bridge lxcbr0
	expect "start succeeds with berth-net's own bridge" berth-net start
	ip link set eth0 master lxcbr0
	expect "on berth-net's own bridge, reload succeeds" berth-net reload
	expect "check warns of the network card on berth-net's own bridge" \
		holds 'berth-net check 2>&1 | grep -q "warning: .*lxcbr0.*eth0"'
	ip link set eth0 nomaster
	expect "stop succeeds with a network card on berth-net's own bridge" berth-net stop
	refute "stop removes berth-net's own bridge" ip link show lxcbr0
}
