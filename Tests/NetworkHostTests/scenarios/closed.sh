# A bridge remains after its network is removed, because containers are attached to it. This host no
# longer accepts their packets. When the network is added again, the rules and the isolation are set
# before the link is up.
lab_outside
ip -n outside route add default via 192.0.2.1
mkdir -p /etc/lxc/net.d
cat >/run/send.py <<'END'
"""Sends datagrams with forged and own sources: send.py DESTINATION SOURCE…"""
import socket, sys
for source in sys.argv[2:]:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((source, 0))
    sender.sendto(source.encode(), (sys.argv[1], 7777))
END
cat >/run/receive.py <<'END'
"""Writes the text of each datagram to a file: receive.py FILE"""
import socket, sys
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("0.0.0.0", 7777))
with open(sys.argv[1], "wb", buffering=0) as file:
    while True:
        file.write(receiver.recvfrom(99)[0] + b"\n")
END
listens() { # listens NAMESPACE
	ip netns exec "$1" python3 /run/receive.py "/run/$1.seen" &
	lab_servers="$lab_servers $!"
}
sends() {
	for destination in 192.0.2.2 "$one"; do
		ip netns exec two python3 /run/send.py "$destination" 203.0.113.66 192.0.2.55 "$two"
	done
	sleep 1
	cat /run/outside.seen /run/one.seen 2>/dev/null | sort -u
}
settings() { # settings: both networks
	echo 'LXC_ISOLATE=true LXC_NAT=false' | lab_settings
	printf '%s\n' LXC_BRIDGE=guests LXC_NETWORK=10.0.4.0/24 LXC_ISOLATE=true LXC_NAT=false \
		>/etc/lxc/net.d/two.conf
}
settings
expect "start succeeds" "$BERTH_NET" start
lab_container one
lab_container two guests
lab_container three guests
for container in one two three; do expect "$container gets a lease" lab_lease "$container"; done
expect "reload isolates the ports" "$BERTH_NET" reload
one=$(lab_address one)
two=$(lab_address two)
listens one
listens outside
ip -n two addr add 203.0.113.66/32 dev lo
ip -n two addr add 192.0.2.55/32 dev lo
# The container knows the address of the gateway permanently.
ip -n two neigh replace 10.0.4.1 lladdr "$(cat /sys/class/net/guests/address)" dev eth0
sleep 1
equal "other hosts receive only packets with a source on the bridge's network" "$(sends)" "$two"

rm /run/outside.seen /run/one.seen
for _ in outside one; do kill "${lab_servers##* }"; lab_servers=${lab_servers% *}; done
listens one
listens outside
rm /etc/lxc/net.d/two.conf
"$BERTH_NET" reload >/run/reload 2>&1
expect "reload removes the network, and sets its bridge down" \
	grep -q 'guests remains, down and' /run/reload
sleep 1
equal "packets of the removed network's containers reach no other host" "$(sends)" ""

# The changes are printed in the order in which they were made.
settings
"$BERTH_NET" reload >/run/reload 2>&1
line() { grep -n "guests: $1" /run/reload | cut -d: -f1; }
expect "the rules are loaded before the link is set up" \
	[ "$(line firewall)" -lt "$(line 'link is set up')" ]
expect "the port is isolated before the link is set up" \
	[ "$(line 'port vtwo is isolated')" -lt "$(line 'link is set up')" ]
expect "a container of the network reaches the Internet again" reaches4 two 192.0.2.2

# An address of the administrator keeps the bridge up.
ip addr add 10.9.9.1/24 dev guests
expect "stop succeeds" "$BERTH_NET" stop
equal "the bridge with an address of the administrator stays up, and the other is down" \
	"$(cat /sys/class/net/guests/flags /sys/class/net/lxcbr0/flags)" "0x1003
0x1002"
for container in one two three; do ip link del "v$container"; done
expect "a second stop succeeds" "$BERTH_NET" stop
refute "the second stop removes the bridge" ip link show lxcbr0

# Containers that come and go do not make a command fail.
settings
expect "start succeeds" "$BERTH_NET" start
churn() {
	while [ -e /run/churning ]; do
		ip link add "v$1" type veth peer name "w$1"
		ip link set "v$1" master lxcbr0
		ip link del "v$1"
	done 2>/dev/null
}
touch /run/churning
for name in a b c; do
	churn "$name" &
	lab_servers="$lab_servers $!"
done
for round in $(seq 30); do
	expect "reload $round succeeds while NICs come and go" "$BERTH_NET" reload
done
rm /run/churning
wait "$!"
sleep 0.5
expect "stop succeeds after NICs came and went" "$BERTH_NET" stop
