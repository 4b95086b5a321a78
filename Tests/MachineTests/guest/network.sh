#!/bin/bash
# Functions for scenarios: hosts around the machine, which has no network.

# Creates an outside host at 192.0.2.2 that has no route back to containers.
outside() {
	ip netns add outside
	ip link add up0 type veth peer name eth0 netns outside
	ip address add 192.0.2.1/24 dev up0
	ip link set up0 up
	ip -n outside link set lo up
	ip -n outside address add 192.0.2.2/24 dev eth0
	ip -n outside link set eth0 up
	ip route add default via 192.0.2.2
}

# Starts a host on lxcbr0, at 10.0.3.9, that pings the outside host every 50 ms until `end_probe`.
probe() {
	ip netns add probe
	ip link add vprobe type veth peer name eth0 netns probe
	ip link set vprobe master lxcbr0 up
	ip -n probe link set lo up
	ip -n probe link set eth0 up
	ip -n probe address add 10.0.3.9/24 dev eth0
	ip -n probe route add default via 10.0.3.1
	# Wait until the bridge has learned the addresses.
	eventually ip netns exec probe ping -q -c 1 -W 1 192.0.2.2 >/run/said 2>&1 || cat /run/said
	begin_probe
}
begin_probe() {
	ip netns exec probe ping -n -i 0.05 192.0.2.2 >/run/probe 2>&1 &
	probing=$!
}
# nothing_lost WHAT: the probe has lost no packet since it started or since the last call.
nothing_lost() {
	# Background jobs of a shell ignore SIGINT until they reset it.
	while kill -INT "$probing" 2>/dev/null; do sleep 0.1; done
	# The last packet may have been in flight.
	equal "no packet is lost: $1" 0 "$(awk -F 'icmp_seq=' '
		NF == 2 { count++; last = $2 + 0 }
		/packets transmitted/ { sent = $1 + 0 }
		END { lost = last - count; if (sent - last > 1) lost += sent - last - 1
			if (sent) print lost; else print "the probe sent no packet" }' /run/probe)"
	begin_probe
}
end_probe() {
	kill -KILL "$probing"
	wait "$probing" 2>/dev/null
	ip netns delete probe
}

dnsmasq_process() { cat /run/lxc/dnsmasq.pid; }
