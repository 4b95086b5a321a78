# shellcheck shell=bash
# FirewallFaults.swift runs this on a host with LXC, berth-net and alice. Tables of other programs
# drop or divert the packets of a container at one hook after another.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"
# shellcheck source=Tests/DoctorTests/packet-probes.sh
. "$faults/packet-probes.sh"

# site NAME FAMILY CHAIN RULES PROBE: tries a chain of another program.
site() {
	nft -f - <<-TABLE
		table $2 site {
			chain c {
				type $3;
				$4
			}
		}
	TABLE
	doctor
	echo "$1: $(verdict firewall) $($5)"
	message firewall >>/run/messages
	nft delete table "$2" site
	# A client without an answer removes its address.
	[ "$5" != lease ] || lease >/dev/null
}

start_web
healthy healthy
address=$(inside ip -4 -o addr show dev eth0 | sed 's,.*inet \([^/]*\)/.*,\1,')
hardware=$(nsenter -t "$web" -n cat /proc/net/dev >/dev/null \
	&& nsenter -t "$web" -n ip -o link show eth0 | sed 's,.*link/ether \([^ ]*\) .*,\1,')

# Routed packets.
site 'all but SSH' inet 'filter hook input priority 0; policy drop' \
	'ct state established,related accept; tcp dport 22 accept; icmp type echo-request accept' lease
site 'DHCP requests' ip 'filter hook prerouting priority -300' 'udp dport 67 drop' lease
site 'DHCP replies' ip 'filter hook output priority 0' \
	'udp sport 67 oifname "lxcbr0" drop' lease
site 'answers of DNS' inet 'filter hook output priority 0' \
	'udp sport 53 ip daddr 10.0.0.0/8 reject' resolve
site 'queries of DNS' inet 'filter hook input priority -10' 'meta l4proto udp th dport 53 drop' \
	resolve
site 'new connections' inet 'filter hook forward priority 0' 'iifname "lxcbr0" ct state new drop' \
	reach
site 'private sources' ip 'filter hook prerouting priority -300' \
	'ip saddr { 10.0.0.0/8, 172.16.0.0/12 } iifname != "eth1" drop' reach
site 'private destinations' ip 'filter hook postrouting priority 0' \
	'ip daddr 10.0.0.0/8 oifname "lxcbr0" drop' reach
site pings inet 'filter hook input priority 0' 'icmp type echo-request drop' gateway
site 'one address' ip 'filter hook forward priority 0' "ip saddr $address drop" reach
site 'one hardware address' bridge 'filter hook input priority 0' "ether saddr $hardware drop" \
	gateway
# Harmless rules.
site 'another address' ip 'filter hook forward priority 0' 'ip saddr 10.0.3.77 drop' reach
site mail inet 'filter hook forward priority 0' 'tcp dport 25 drop' reach
site 'another interface' inet 'filter hook forward priority 0' 'iifname "wg0" drop' reach
site 'other sources' ip 'filter hook input priority 0' \
	'iifname "up0" ip saddr != 192.0.2.0/24 drop' reach
site 'replies only' inet 'filter hook forward priority 0; policy drop' \
	'ct state established,related accept; iifname "lxcbr0" accept' reach

# Frames.
site 'ARP at the bridge' bridge 'filter hook input priority 0' 'ether type arp drop' gateway
site 'ARP of this host' arp 'filter hook input priority 0' 'iifname "lxcbr0" drop' gateway
site 'answers of ARP' arp 'filter hook output priority 0; policy drop' '' gateway
site 'a device' netdev 'filter hook ingress device lxcbr0 priority 0' \
	'ip protocol icmp drop; udp dport 67 drop' lease
site 'a port' netdev "filter hook ingress device ${nic:?} priority 0" 'ether type arp drop' gateway
site 'another device' netdev 'filter hook ingress device lo priority 0' 'ip protocol icmp drop' \
	reach

# Diversions.
site 'a source that no host has' ip 'nat hook postrouting priority 90' \
	'ip saddr 10.0.0.0/8 snat to 203.0.113.9' reach
site 'the source of this host' ip 'nat hook postrouting priority 90' \
	'ip saddr 10.0.0.0/8 snat to 192.0.2.1' reach
site 'untracked' ip 'filter hook prerouting priority -300' 'iifname "lxcbr0" notrack' reach
site 'another name server' ip 'nat hook prerouting priority -110' \
	'iifname "lxcbr0" udp dport 53 dnat to 192.0.2.53' resolve
ip rule add fwmark 7 prohibit pref 80
site 'a mark' ip 'filter hook prerouting priority -150' 'iifname "lxcbr0" meta mark set 7' reach
ip rule del pref 80
site 'a mark without a rule' ip 'filter hook prerouting priority -150' \
	'iifname "lxcbr0" meta mark set 7' reach

# Forwarded ports. The host outside connects to one.
echo "LXC_FORWARDS=\"tcp:8080=$address:80\"" >/etc/default/lxc-net; berth-net reload >/dev/null
inside sh -c 'mkdir -p /srv; httpd -p 80 -h /srv'
visit() {
	ip netns exec outside python3 -c \
		'import socket; socket.create_connection(("192.0.2.1", 8080), 2)' 2>/dev/null \
		&& echo answers || echo silent
}
site 'a firewall for clients' inet 'filter hook forward priority 0; policy drop' \
	'ct state established,related accept; iifname "lxcbr0" accept' visit
site 'the port elsewhere' ip 'nat hook prerouting priority -110' \
	'tcp dport 8080 dnat to 192.0.2.77' visit
site 'another port elsewhere' ip 'nat hook prerouting priority -110' \
	'tcp dport 8081 dnat to 192.0.2.77' visit

iptables -t nat -I POSTROUTING -s 10.0.3.0/24 -o up0 -j SNAT --to-source 203.0.113.9; doctor
echo "SNAT of iptables: $(verdict firewall) $(reach)"; message firewall >>/run/messages
iptables -t nat -F POSTROUTING
iptables -t raw -I PREROUTING -i lxcbr0 -j CT --notrack; doctor
echo "notrack of iptables: $(verdict firewall) $(reach)"; message firewall >>/run/messages
iptables -t raw -F PREROUTING
doctor; echo "afterwards: $(verdict firewall)"
conclude
