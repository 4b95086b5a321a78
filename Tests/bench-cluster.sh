#!/bin/bash
# Compares the tunnel of berth-net with the same VXLAN made by hand with ip(8) and bridge(8), in the
# same namespaces: throughput (iperf3) and round-trip time (ping), in alternating pairs. Then
# measures a network with 100 hosts and 10,000 remote addresses. Needs root, iperf3 and jq.
#
#	Tests/bench-cluster.sh [BERTH-NET [BERTH]]
set -u
here=$(cd "$(dirname "$0")" && pwd)
BERTH_NET=$(realpath "${1:-$here/../.build/service/release/berth-net}")
berth=$(realpath "${2:-$here/../.build/service/release/berth}")
if [ -z "${BERTH_BENCH:-}" ]; then
	BERTH_BENCH=1 exec unshare -m -n -u -- "$0" "$BERTH_NET" "$berth" </dev/null
fi
export BERTH_NIC=${BERTH_NIC:-$here/../.build/static/release/berth-nic}
export BERTH_NET LAB=$here/NetworkHostTests
# shellcheck source=Tests/NetworkHostTests/lab.sh
. "$LAB/lab.sh"
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
lab_begin
cluster_begin 1 2
# The line of dave has ipfilter, which is not part of the tunnel.
for n in 1 2; do sed -i /dave/d /run/h$n/etc/lxc/lxc-usernet; done
pairs=${PAIRS:-20} seconds=${SECONDS_EACH:-1}

# The hosts are connected directly: the bridge of cluster.sh would be a second hop.
ip link del u1
ip link del u2
ip link add up0 netns "$(cat /run/h1/pid)" type veth peer name up0 netns "$(cat /run/h2/pid)"
for n in 1 2; do
	on $n ip link set up0 up
	on $n ip addr add 192.0.2.$n/24 dev up0
	cluster_settings $n "1 2" LXC_IPV6_ENABLE=false
	on $n "$BERTH_NET" start >/dev/null
	container $n "berth$n" alice
	fixed $n "berth$n" 10.88.9.$n

	# By hand: a bridge, a tunnel port with the same options, and a container.
	on $n ip link add hand type bridge
	on $n ip link add vx200 type vxlan id 200 local 192.0.2.$n dstport 4789 ageing 300
	on $n ip link set vx200 mtu 1450 master hand
	on $n bridge link set dev vx200 isolated on
	on $n bridge fdb append 00:00:00:00:00:00 dev vx200 dst 192.0.2.$((3 - n))
	on $n ip netns add "hand$n"
	on $n ip link add veth0 mtu 1450 type veth peer name eth0 mtu 1450 netns "hand$n"
	on $n ip link set veth0 master hand up
	on $n ip link set vx200 up
	on $n ip link set hand up
	on $n ip -n "hand$n" link set lo up
	on $n ip -n "hand$n" link set eth0 up
	on $n ip -n "hand$n" addr add 10.99.9.$n/16 dev eth0
done
for name in berth hand; do
	on 2 ip netns exec ${name}2 iperf3 -s -D >/dev/null
done
sleep 1
target() { if [ "$1" = berth ]; then echo 10.88.9.2; else echo 10.99.9.2; fi; }
for name in berth hand; do
	on 1 ip netns exec ${name}1 ping -c 3 -i 0.2 "$(target $name)" >/dev/null \
		|| { echo "$name: the containers do not reach each other"; exit 1; }
done

throughput() { # in Mbit/s
	on 1 ip netns exec "${1}1" iperf3 -J -c "$(target "$1")" -t "$seconds" -O 0.2 \
		| jq '.end.sum_received.bits_per_second / 1e6 | round'
}
latency() { # the average round-trip time in nanoseconds of 1,000 pings without a pause
	on 1 ip netns exec "${1}1" ping -q -A -c 1000 "$(target "$1")" \
		| sed -n 's/^rtt [^=]*= [^/]*\/\([^/]*\).*/\1/p' | jq '. * 1000000 | round'
}
# compare FUNCTION: for each pair, prints both values. Each program is first in half of the pairs.
compare() {
	local n a b
	for n in $(seq "$pairs"); do
		if [ $((n % 2)) = 1 ]; then a=$("$1" berth) b=$("$1" hand); else
			b=$("$1" hand) a=$("$1" berth)
		fi
		echo "$a $b"
	done
}
# The median of a column, and that of the ratio, with its quartiles.
summary() {
	python3 -c '
import statistics, sys
pairs = [tuple(map(float, line.split())) for line in sys.stdin]
ratios = [a / b for a, b in pairs]
low, middle, high = statistics.quantiles(ratios, n=4)
print(*(round(statistics.median(column)) for column in zip(*pairs)),
      *(f"{value:.3f}" for value in (statistics.median(ratios), low, high)),
      round(statistics.median(a - b for a, b in pairs)))'
}
compare throughput >/run/throughput
read -r ours hand ratio low high _ < <(summary </run/throughput)
printf 'throughput, %d pairs of %d s: berth-net %d Mbit/s, by hand %d Mbit/s, ' \
	"$pairs" "$seconds" "$ours" "$hand"
printf 'ratio %s (quartiles %s and %s)\n' "$ratio" "$low" "$high"
compare latency >/run/latency
read -r ours hand ratio low high added < <(summary </run/latency)
awk -v n="$pairs" -v a="$ours" -v b="$hand" -v r="$ratio" -v l="$low" -v h="$high" -v d="$added" \
	'BEGIN {
		printf "round trip, %d pairs of 1,000 pings: berth-net %.1f us, by hand %.1f us, ",
			n, a / 1000, b / 1000
		printf "added %.1f us, ratio %s (quartiles %s and %s)\n", d / 1000, r, l, h
	}'

# 100 hosts in the list, and 10,000 remote addresses in the tables of the port and of the bridge.
peers=$(for n in $(seq 2 100); do printf '192.0.2.%d ' "$n"; done)
names=$(for n in $(seq 2 100); do printf 'h%d.lxc=192.0.2.%d ' "$n" "$n"; done)
large() { # large PEERS
	cluster_settings 1 "1 2" LXC_IPV6_ENABLE=false "LXC_VXLAN_PEERS=\"$1\"" \
		"LXC_DNS_PEERS=\"$names\""
}
large "$peers"
on 1 "$BERTH_NET" reload >/dev/null || exit 1
python3 - >/run/entries <<'END'
for n in range(10000):
    mac = f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}"
    print(f"fdb add {mac} dev vx100 self dynamic dst 192.0.2.{2 + n % 99}")
    print(f"fdb add {mac} dev vx100 master dynamic")
END
on 1 bridge -batch /run/cluster/entries || exit 1
printf 'a list of %d hosts, %d remote addresses\n' \
	"$(on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00')" \
	"$(on 1 bridge fdb show dev vx100 | grep -c '^02:00:.* dst ')"
median_of() { # median_of COMMAND…: the median of 11 runs, in milliseconds
	for _ in $(seq 11); do
		begin=${EPOCHREALTIME/./}
		"$@" >/run/command 2>&1 || { cat /run/command; exit 1; }
		echo $(((${EPOCHREALTIME/./} - begin) / 1000))
	done | sort -n | sed -n 6p
}
change() { # removes a host from the list, or adds it again
	if [ -n "${removed:-}" ]; then removed='' large "$peers"; else
		removed=yes
		large "${peers#* }"
	fi
}
change
one=$(median_of on 1 "$BERTH_NET" reload)
printf 'berth-net reload: without a change %s ms' "$one"
for what in add remove; do
	change
	begin=${EPOCHREALTIME/./}
	on 1 "$BERTH_NET" reload >/dev/null
	printf ', %s a host %s ms' $what $(((${EPOCHREALTIME/./} - begin) / 1000))
done
# berth doctor waits 500 ms for a name server of the host that does not answer.
on 1 sh -c 'echo nameserver 127.0.0.1 >/etc/resolv.conf'
findings() { on 1 "$berth" doctor || [ $? = 1 ]; } # 1: with findings
printf '\nberth-net status %s ms, berth status %s ms, berth doctor %s ms\n' \
	"$(median_of on 1 "$BERTH_NET" status)" "$(median_of on 1 "$berth" status)" \
	"$(median_of findings)"
