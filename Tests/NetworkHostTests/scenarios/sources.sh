# Packets of containers pass only if the host has a route to their source through the bridge.
lab_outside
ip -n outside route add default via 192.0.2.1
ip -n outside -6 route add default via 2001:db8::1
cat >/run/send.py <<'END'
"""Sends a datagram with its own text from a source address: send.py SOURCE DESTINATION PORT"""
import socket, sys
source, destination, port = sys.argv[1:]
family = socket.AF_INET6 if ":" in source else socket.AF_INET
sender = socket.socket(family, socket.SOCK_DGRAM)
sender.bind((source, 0))
sender.sendto(source.encode(), (destination, int(port)))
END
cat >/run/receive.py <<'END'
"""Writes the text of each datagram to a file: receive.py PORT FILE"""
import socket, sys
receiver = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
receiver.bind(("::", int(sys.argv[1])))
with open(sys.argv[2], "wb", buffering=0) as file:
    while True:
        file.write(receiver.recvfrom(99)[0] + b"\n")
END
python3 /run/receive.py 7777 /run/host.seen &
lab_servers="$lab_servers $!"
ip netns exec outside python3 /run/receive.py 7777 /run/outside.seen &
lab_servers="$lab_servers $!"
sends() { # sends SOURCE HOST OUTSIDE: sends a datagram to the host and to the outside host
	for destination in "$2" "$3"; do
		ip netns exec web python3 /run/send.py "$1" "$destination" 7777 || return 1
	done
}
# seen SOURCE: whether the host or the outside host received it. `arrive` waits for datagrams that
# were sent later, so no earlier ones are still in flight.
seen() { grep -qxF "$1" /run/host.seen || grep -qxF "$1" /run/outside.seen; }
arrive() {
	for _ in $(seq 100); do
		! { grep -qxF "$1" /run/host.seen && grep -qxF "$1" /run/outside.seen; } || return 0
		sleep 0.1
	done
	return 1
}
counted() {
	if [ "$dialect" = false ]; then
		for save in iptables-save ip6tables-save; do
			$save -c -t raw | sed -n 's/^\[\([0-9]*\):.*rpfilter.*/\1/p'
		done
		return
	fi
	nft -j list table inet berth_lxcbr0 | python3 -c 'import json, sys
for item in json.load(sys.stdin)["nftables"]:
    for step in item.get("rule", {}).get("expr", []):
        if item["rule"]["chain"] == "sources" and "counter" in step:
            print(step["counter"]["packets"])'
}

for dialect in true false; do
	printf 'LXC_NAT=false\nLXC_IPV6_NAT=false\nLXC_IPV6_ADDR=fd42:1::1\nLXC_USE_NFT=%s\n' \
		"$dialect" | lab_settings
	: >/run/host.seen
	: >/run/outside.seen
	expect "start succeeds" "$BERTH_NET" start
	lab_container web
	expect "a DHCP request from 0.0.0.0 passes ($dialect)" lab_lease web
	own=$(lab_address web)
	ip -n web addr add 203.0.113.66/32 dev lo
	ip -n web addr add 192.0.2.55/32 dev lo
	ip -n web addr add 192.0.2.1/32 dev lo
	ip -n web addr add 10.99.0.1/32 dev lo
	ip -n web -6 addr add fd42:1::66/64 dev eth0
	ip -n web -6 addr add 2001:db8:66::1/128 dev lo
	ip -n web -6 route add default via fd42:1::1
	expect "duplicate address detection succeeds, because its source passes ($dialect)" sh -c '
		for _ in $(seq 100); do
			ip -n web -6 addr show dev eth0 | grep -q "fd42:1::66.*tentative" || exit 0
			sleep 0.1
		done
		exit 1'
	expect "the gateway answers over IPv6 ($dialect)" reaches6 web fd42:1::1
	ip route add 10.99.0.0/24 via "$own"
	for source in 203.0.113.66 192.0.2.55 10.99.0.1 "$own"; do
		expect "a datagram from $source is sent" sends "$source" 10.0.3.1 192.0.2.2
	done
	for source in 2001:db8:66::1 fd42:1::66; do
		expect "a datagram from $source is sent" sends "$source" fd42:1::1 2001:db8::2
	done
	for source in "$own" 10.99.0.1 fd42:1::66; do
		expect "a datagram from $source, to which the host has a route, arrives ($dialect)" \
			arrive "$source"
	done
	for source in 203.0.113.66 192.0.2.55 2001:db8:66::1; do
		refute "a datagram from $source does not arrive ($dialect)" seen "$source"
	done
	expect "the dropped packets are counted ($dialect)" [ "$(counted | paste -sd+ | bc)" -ge 4 ]
	# The host's own outside address as source.
	ip netns exec web python3 /run/send.py 192.0.2.1 10.0.3.1 7777
	ip netns exec web python3 /run/send.py "$own" 10.0.3.1 7777
	sleep 0.5
	refute "a datagram from the host's own address does not arrive ($dialect)" seen 192.0.2.1

	echo 'LXC_RPFILTER=false' >>/etc/default/lxc-net
	expect "reload turns the filter off" "$BERTH_NET" reload
	expect "a datagram from 203.0.113.66 is sent" sends 203.0.113.66 10.0.3.1 192.0.2.2
	for _ in $(seq 50); do ! seen 203.0.113.66 || break; sleep 0.1; done
	expect "a datagram from 203.0.113.66 arrives without the filter ($dialect)" seen 203.0.113.66
	ip route del 10.99.0.0/24
	ip link del vweb
	ip netns del web
	expect "stop succeeds" "$BERTH_NET" stop
	equal "no rule is left ($dialect)" \
		"$(nft list ruleset | grep -c berth; iptables-save | grep -c berth)" "0
0"
done
