# shellcheck shell=bash
# HostFaults.swift runs this on a host with LXC, berth-net and alice. It breaks what the host itself
# needs for its containers: its name servers, interfaces, tables and files, and the state of
# berth-net.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"
# shellcheck source=Tests/DoctorTests/packet-probes.sh
. "$faults/packet-probes.sh"

# found NAME CHECK: a fault whose fix is advice.
found() {
	doctor
	echo "$1: $(verdict "$2")"
	message "$2" >>/run/messages
}
large() { inside ping -c 1 -W 1 -s 3000 198.41.0.4 >/dev/null 2>&1 && echo reaches || echo lost; }
# large_unfragmented: whether the container is told that a packet is too large for the interface
# to the Internet.
large_unfragmented() {
	nsenter -t "${web:?}" -n ip route flush cache
	nsenter -t "$web" -n ping -c 2 -W 1 -M "do" -s 1400 198.41.0.4 2>&1 | grep -q 'mtu = 1280' \
		&& echo told || echo 'not told'
}

rm -f /etc/resolv.conf
echo 'nameserver 192.0.2.2' >/etc/resolv.conf
answer() {
	ip netns exec outside dnsmasq --conf-file=/dev/null --no-resolv --no-hosts \
		--listen-address=192.0.2.2 --bind-interfaces --pid-file=/run/outside.pid
}
answer
start_web
healthy healthy
address=$(inside ip -4 -o addr show dev eth0 | sed 's,.*inet \([^/]*\)/.*,\1,')

# Sets and maps.
site() { # site NAME SETS RULE PROBE
	printf 'table inet site {\n%s\nchain c {\ntype filter hook input priority -1;\n%s\n}\n}\n' \
		"$2" "$3" | nft -f -
	broken "$1" firewall "$4"
	nft delete table inet site
}
site 'a set' "set s { type ipv4_addr; elements = { $address }; }" 'ip saddr @s drop' gateway
site 'a set with timeouts' \
	"set s { type ipv4_addr; flags timeout; elements = { $address timeout 1h }; }" \
	'ip saddr @s drop' gateway
site 'a set of prefixes' \
	'set s { type ipv4_addr; flags interval; elements = { 0.0.0.0/8, 10.0.0.0/8 }; }' \
	'ip saddr @s drop' lease
site 'a set of interfaces' 'set s { type ifname; elements = { "lxcbr0" }; }' \
	'iifname @s udp dport 67 drop' lease
site 'pairs' \
	"set s { type ipv4_addr . inet_proto; elements = { $address . icmp }; }" \
	'ip saddr . ip protocol @s drop' gateway
site 'a map' \
	'map s { type inet_service : verdict; elements = { 53 : drop, 54 : accept }; }' \
	'udp dport vmap @s' resolve
site 'another set' 'set s { type ipv4_addr; elements = { 10.0.3.77 }; }' 'ip saddr @s drop' \
	gateway

# The host's name servers.
iptables -A OUTPUT -o up0 -p udp --dport 53 -j DROP; found 'queries dropped' name-servers
iptables -D OUTPUT 1; iptables -A INPUT -p udp --sport 53 -j DROP
found 'answers dropped' name-servers; iptables -D INPUT 1
kill "$(cat /run/outside.pid)"; found 'a silent name server' name-servers; answer
echo 'nameserver=192.0.2.2' >/etc/resolv.conf; found 'a misspelt name server' name-servers
echo 'nameserver 192.0.2.2' >/etc/resolv.conf; chmod 600 /etc/resolv.conf
fault 'an unreadable resolv.conf' name-servers
mv /etc/resolv.conf /run/resolv.conf; ln -s /run/nobody/stub.conf /etc/resolv.conf
found 'a dangling resolv.conf' name-servers; rm /etc/resolv.conf; mv /run/resolv.conf /etc/
quiet 'name servers' name-servers reach

# Tables of the kernel.
ip neigh replace "$address" lladdr 00:16:3e:00:00:01 dev lxcbr0 nud permanent
doctor; echo "a permanent neighbor: $(verdict neighbors)"; message neighbors >>/run/messages
fixes neighbors root >/run/fix.root; bash -e /run/fix.root
quiet 'no permanent neighbor' neighbors reach
hardware=$(nsenter -t "${web:?}" -n ip -o link show eth0 | sed 's,.*link/ether \([^ ]*\) .*,\1,')
ip link add decoy type veth peer name decoy1; ip link set decoy master lxcbr0 up
bridge fdb replace "$hardware" dev decoy master static sticky
broken 'a static forwarding entry' neighbors gateway
ip link delete decoy

# Traffic control.
tc qdisc add dev lxcbr0 root tbf rate 1mbit burst 1000 latency 400ms
found 'a small burst' traffic-control; large; tc qdisc delete dev lxcbr0 root
tc qdisc add dev lxcbr0 root tbf rate 100mbit burst 20000 latency 400ms
quiet 'a large burst' traffic-control large; tc qdisc delete dev lxcbr0 root

# The MTU of the interface to the Internet.
ip link set up0 mtu 1280
iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP
broken 'messages about the MTU dropped' path-mtu large_unfragmented
iptables -F OUTPUT; ip link set up0 mtu 1500

# The kill switch of a VPN, which has marked its own packets.
iptables -A OUTPUT ! -o wg0 -m mark ! --mark 0xca6c -m addrtype ! --dst-type LOCAL -j REJECT
doctor; echo "a kill switch: $(verdict firewall)"; message firewall >>/run/messages
iptables -F OUTPUT
# A lock on the ledger.
python3 -c 'import fcntl, time
f = open("/run/lxc/nics", "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); time.sleep(60)' \
	>/run/locked &
locker=$!
until [ -s /run/locked ]; do sleep 0.05; done
found 'a locked ledger' state-files; kill $locker; wait $locker 2>/dev/null
quiet 'a free ledger' state-files reach

# An uplink on the bridge.
ip link set up0 master lxcbr0; doctor
echo "the uplink on the bridge: $(verdict bridge)"; message bridge >>/run/messages
fixes bridge root >/run/fix.root; bash -e /run/fix.root
ip route replace default via 192.0.2.2; quiet 'the uplink off the bridge' bridge reach

# Settings and files.
printf '%s\n' 'LXC_DHCP_MAX="200"' 'LXC_DHCP_MAX="100"' >/etc/default/lxc-net
berth-net reload >/dev/null 2>&1; found 'a setting twice' network-settings
echo "LXC_FORWARDS=\"tcp:198.51.100.7:8080=$address:80\"" >/etc/default/lxc-net
berth-net reload >/dev/null 2>&1; found 'an address that this host does not have' forwards
echo "LXC_FORWARDS=\"tcp:8080=$address:80\"" >/etc/default/lxc-net
inside sh -c 'mkdir -p /srv; httpd -p 127.0.0.1:80 -h /srv'
berth-net reload >/dev/null 2>&1; found 'a service on loopback' forwards
rm /etc/default/lxc-net; berth-net reload >/dev/null 2>&1
printf '\xef\xbb\xbf%s\n' 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
fault 'a byte order mark' file-text
printf 'alice\xc2\xa0veth lxcbr0 10\n' >/etc/lxc/lxc-usernet; found 'a no-break space' file-text
echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet; quiet 'plain text' file-text reach

# The state of berth-net.
rm -rf /run/lxc/*; broken 'no state' network-settings resolve
# dnsmasq no longer has the PID file with which LXC's script would stop it.
berth-net restart >/dev/null 2>&1
/usr/libexec/lxc/lxc-net stop force >/dev/null 2>&1; /usr/libexec/lxc/lxc-net start >/dev/null 2>&1
doctor; echo "lxc-net: $(verdict network-settings)"; message network-settings >>/run/messages
fixes network-settings root >/run/fix.root; bash -e /run/fix.root >/dev/null 2>&1
doctor; echo "lxc-net replaced: $(verdict network-settings)"
conclude
