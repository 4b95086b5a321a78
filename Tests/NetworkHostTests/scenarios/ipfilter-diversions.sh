# Attacks on ipfilter that an independent tester found: replies of servers from unusual ports,
# DHCP in fragments, leases that are shorter than those of the network, frames to link-local group
# addresses, and addresses that the filter had not learned.
[ -n "$BERTH_NIC" ] || skip "no BERTH_NIC: run make"
lab_first_process ipfilter-diversions
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
lab_outside
lab_user alice ipfilter
lab_user bob
printf 'LXC_IPV6_ADDR=fd42::1\nLXC_NAT=false\nLXC_RPFILTER=false\n' | lab_settings
expect "start succeeds" "$BERTH_NET" start
divert() { # divert CONTAINER ACTION ARGUMENT…
	lab_attacker=$1
	shift
	ip netns exec "$lab_attacker" python3 "$LAB/diversions.py" "$@"
}
scope() { # scope CONTAINER SCOPE: its IPv6 address
	ip -n "$1" -6 -o addr show dev eth0 scope "$2" | sed -n 's,.*inet6 \([^/]*\)/.*,\1,p' |
		head -n 1
}
leases=/var/lib/misc/dnsmasq.lxcbr0.leases
granted() { nft list set bridge berth lease | grep -o "$1 \. $2 [^,}]*"; }
# seconds ADDRESS: until evil's lease of it expires in the filter
seconds() {
	granted "$(lab_hardware evil)" "$1" | python3 -c '
import re, sys
units = {"h": 3600, "m": 60, "s": 1, "ms": 0, "d": 86400}
left = re.search("expires ([0-9a-z]*)", sys.stdin.read()).group(1)
print(sum(int(n) * units[u] for n, u in re.findall("([0-9]+)(ms|[dhms])", left)))'
}
gateway=$(cat /sys/class/net/lxcbr0/address)
for container in web evil; do lab_real_nic $container alice; done
lab_real_nic near bob
for container in web evil near; do
	expect "$container has a lease" lab_lease $container
	expect "$container has an IPv6 address" has_ipv6 $container
done
web=$(lab_address web)

# Servers and routers.
for attacker in evil near; do
	: >/run/seen
	ip netns exec web python3 "$LAB/diversions.py" watch "$(lab_hardware $attacker)" 4 >/run/seen &
	watcher=$!
	soon grep -q ready /run/seen
	divert $attacker serve "$(lab_address $attacker)" "$(lab_hardware web)"
	divert $attacker serve_unparsed "$(lab_address $attacker)" "$(lab_hardware web)"
	divert $attacker serve6 "$(scope $attacker link)" "$(lab_hardware web)"
	divert $attacker query "$(scope $attacker link)" "$(lab_address $attacker)"
	wait $watcher
	equal "$attacker acts neither as a server nor as a router" "$(cat /run/seen)" ready
done

# Data in fragments that looks like the ports of DHCP.
cat >/run/receive.py <<-'END'
	import socket
	socket.setdefaulttimeout(5)
	receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	receiver.bind(("0.0.0.0", 5555))
	print("ready", flush=True)
	for _ in range(3):
	    print(receiver.recv(5000)[:4].hex(), flush=True)
END
for sender in evil near; do
	ip netns exec web python3 /run/receive.py >/run/received 2>/dev/null &
	receiver=$!
	soon grep -q ready /run/received
	ip netns exec $sender python3 -c 'import socket, sys, time
for word in ("11111111", "00440044", "00430043"):
    data = bytes.fromhex(word) * 1000
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(data, (sys.argv[1], 5555))
    time.sleep(0.1)' "$web"
	wait $receiver
	equal "all datagrams of $sender arrive" "$(xargs </run/received)" \
		"ready 11111111 00440044 00430043"
done

# DHCP.
divert near release "$(lab_address near)" "$gateway" "$(lab_hardware web)" "$web"
divert near decline "$(lab_address near)" "$gateway" "$(lab_hardware web)" "$web"
sleep 0.5
equal "a release in fragments releases no lease" "$(grep -c " $web " $leases)" 1
short=10.0.3.$(free_last 2)
other=10.0.3.$((${short##*.} + 1))
divert evil request $short 300
expect "evil gets a shorter lease" soon granted "$(lab_hardware evil)" $short
equal "the shorter lease ends in the filter no later than in dnsmasq" \
	"$(($(seconds $short) <= 300))" 1
equal "the shorter lease lasts until half of its time, when it is renewed" \
	"$(($(seconds $short) > 150))" 1
divert evil request $other
expect "evil gets another lease" soon granted "$(lab_hardware evil)" $other
divert evil inform $short 1.2.3.4
sleep 0.5
equal "INFORM does not renew a lease" "$(($(seconds $short) <= 300))" 1

for container in web evil near; do lab_end_container $container; done

# The host's IP stack, by the port.
"$BERTH_NET" stop >/dev/null 2>&1
sysctl -qw net.ipv6.conf.all.forwarding=0
printf 'LXC_IPV6_ENABLE=false\nLXC_NAT=false\nLXC_RPFILTER=false\n' | lab_settings
expect "start succeeds without IPv6" "$BERTH_NET" start
for container in wev wear; do
	case $container in wev) user=alice ;; *) user=bob ;; esac
	lab_real_nic $container $user
	expect "$container has a lease" lab_lease $container
done
python3 - >/run/heard <<-'END' &
	import socket
	heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	heard.bind(("0.0.0.0", 5555))
	while True:
	    text, sender = heard.recvfrom(2000)
	    print(text.decode(), "from", sender[0], flush=True)
END
lab_servers="$lab_servers $!"
sleep 0.5
sysctl -qw net.ipv6.conf.all.forwarding=0
ip -6 route >/run/routes
for container in wev wear; do
	for last in 02 03 0e; do
		divert $container advertise $last fe80::66 2001:db8:66::
		divert $container group $last 192.0.2.2 10.0.3.1 "spoofed-$container-$last"
	done
done
ip netns exec wear python3 -c 'import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"control", ("10.0.3.1", 5555))'
sleep 0.5
equal "an advertisement to a group address adds no route" "$(ip -6 route)" "$(cat /run/routes)"
equal "no packet to a group address reaches the host" \
	"$(cat /run/heard)" "control from $(lab_address wear)"
for container in wev wear; do lab_end_container $container; done

# Addresses that were there before the filter, and those of the host.
"$BERTH_NET" stop >/dev/null 2>&1
sed -i '/ipfilter/d' /etc/lxc/lxc-usernet
printf 'LXC_IPV6_ADDR=fd42::1\nLXC_NAT=false\n' | lab_settings
expect "start succeeds without a filter" "$BERTH_NET" start
lab_real_nic first bob
expect "the first container has a lease" lab_lease first
expect "the first container has an IPv6 address" has_ipv6 first
first=$(scope first global)
expect "the host reaches the first container" ping -6 -c 1 -W 2 "$first"
ip addr add fd42::99/64 dev lxcbr0 nodad
ip addr add fe80::77/64 dev lxcbr0 nodad
echo 'alice veth lxcbr0 20 ipfilter' >>/etc/lxc/lxc-usernet
expect "reload adds a filter" "$BERTH_NET" reload
lab_real_nic thief alice
expect "the thief has a lease" lab_lease thief
expect "the thief has an IPv6 address" has_ipv6 thief
divert thief claim "$first" fd42::99 fe80::77 fd42::5000
sleep 0.5
nft list set bridge berth own6 >/run/own6
expect "an unused address can be claimed" grep -q 0xfd420000000000000000000000005000 /run/own6
for address in "$first" fd42::99 fe80::77; do
	number=$(python3 -c 'import ipaddress, sys
print(hex(int(ipaddress.ip_address(sys.argv[1]))))' "$address")
	refute "an address that is in use cannot be claimed: $address" grep -q "$number" /run/own6
done
number=$(python3 -c 'import ipaddress, sys
print(hex(int(ipaddress.ip_address(sys.argv[1]))))' "$first")
nft "delete element bridge berth used6 { $number }"
nft "add element bridge berth used6 { $number timeout 4s }"
for _ in 1 2 3 4 5 6; do
	ip netns exec first ping -6 -c 1 -W 1 fd42::1 >/dev/null
	divert thief claim "$first"
	sleep 1
done
expect "an address in use is remembered" \
	sh -c 'nft list set bridge berth used6 | grep -q "$1"' - "$number"
refute "an address in use cannot be claimed" \
	sh -c 'nft list set bridge berth own6 | grep -q "$1"' - "$number"
divert first sweep fd42::1:0: 1000
equal "one port cannot fill the set of used addresses" \
	"$(($(nft list set bridge berth used6 | grep -o 0x | wc -l) < 300))" 1
for container in first thief; do lab_end_container $container; done
expect "stop succeeds" "$BERTH_NET" stop
