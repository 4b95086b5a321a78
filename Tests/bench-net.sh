#!/bin/bash
# Compares berth-net with LXC's lxc-net script, in new namespaces, and prints ratios. Needs root,
# iputils' ping, python3, dnsmasq and nft.
#
#	Tests/bench-net.sh [BERTH-NET [LXC-NET]]
set -u
here=$(cd "$(dirname "$0")" && pwd)
ours=$(realpath "${1:-$here/../.build/release/berth-net}")
stock=${2:-/usr/libexec/lxc/lxc-net}
if [ -z "${BERTH_BENCH:-}" ]; then
	BERTH_BENCH=1 exec unshare -m -n -- "$0" "$ours" "$stock" </dev/null
fi
LAB=$here/NetworkHostTests
# shellcheck source=Tests/NetworkHostTests/lab.sh
. "$LAB/lab.sh"
lab_begin
lab_outside

plain='LXC_DOMAIN="lxc"
LXC_IPV6_ENABLE="false"'
settings() { printf '%s\n%s\n' "$plain" "${1:-}" | lab_settings; }
echo '. /etc/default/lxc-net' >/etc/default/lxc
settings

elapsed() { # elapsed COMMAND…: wall-clock time, in hundredths of a millisecond
	local begin=${EPOCHREALTIME/./}
	"$@" >/dev/null 2>&1
	echo $(((${EPOCHREALTIME/./} - begin) / 10))
}
median() { sort -n | sed -n "$((($1 + 1) / 2))p"; }
hundredths() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

times() { # times PROGRAM: the median of 21 starts from nothing, in hundredths of a millisecond
	for _ in $(seq 21); do
		"$1" stop >/dev/null 2>&1
		elapsed "$1" start
	done | median 21
	"$1" stop >/dev/null 2>&1
}
a=$(times "$stock")
b=$(times "$ours")
printf 'start:                          stock %s ms, berth-net %s ms, ratio %s\n' \
	"$(hundredths "$a")" "$(hundredths "$b")" "$(hundredths $((b * 100 / a)))"

# 20 clients ping a host outside every 5 ms for 3 s, while a TCP stream crosses the bridge.
clients() {
	for n in $(seq 20); do
		lab_container "c$n"
		ip -n "c$n" addr add "10.0.3.$((100 + n))/24" dev eth0
		ip -n "c$n" route add default via 10.0.3.1
	done
}
python3 - <<'END' >/run/stream.py
print('''
import socket, sys, time
if sys.argv[1] == "serve":
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", 9000)); s.listen(4)
    while True:
        c, _ = s.accept()
        try:
            while c.recv(65536): pass
        except OSError: pass
else:
    c = socket.create_connection(("192.0.2.2", 9000), 2); c.settimeout(2)
    longest = 0; end = time.time() + 3; last = time.time()
    try:
        while time.time() < end:
            c.send(b"x" * 1400); time.sleep(0.002)
            longest = max(longest, time.time() - last); last = time.time()
        print("kept")
    except OSError as error:
        print("broken:", error)
''')
END
ip netns exec outside python3 /run/stream.py serve &
lab_servers="$lab_servers $!"
sleep 0.3
losses() { # losses NAME COMMAND…
	local name=$1 sent=0 got=0
	shift
	for n in $(seq 20); do
		ip netns exec "c$n" ping -q -i 0.005 -c 600 -W 1 192.0.2.2 >"/run/ping.$n" 2>&1 &
		pings[n]=$!
	done
	ip netns exec c1 python3 /run/stream.py send >/run/stream 2>&1 &
	pings[0]=$!
	sleep 1
	"$@" >/run/command 2>&1 || echo "$name failed: $(cat /run/command)"
	wait "${pings[@]}"
	for n in $(seq 20); do
		read -r out _ _ in _ < <(grep transmitted "/run/ping.$n")
		sent=$((sent + out))
		got=$((got + in))
	done
	printf '%-31s %d of %d packets lost, stream %s\n' "$name:" $((sent - got)) "$sent" \
		"$(cat /run/stream)"
}
"$ours" start >/dev/null 2>&1
clients
losses "berth-net reload, no change" "$ours" reload
settings 'LXC_FORWARDS="tcp:2525=10.0.3.101:25"'
losses "berth-net reload, a forward" "$ours" reload
settings 'LXC_DHCP_HOSTS="web,10.0.3.50"'
losses "berth-net reload, a reservation" "$ours" reload
settings 'LXC_DHCP_RANGE="10.0.3.2,10.0.3.90"'
losses "berth-net reload, a new range" "$ours" reload
losses "berth-net restart" "$ours" restart
settings
"$ours" stop >/dev/null 2>&1
ip link del lxcbr0
for n in $(seq 20); do ip link del "vc$n"; ip netns del "c$n"; done
"$stock" start >/dev/null 2>&1
clients
losses "stock restart" "$stock" restart
for n in $(seq 20); do ip link del "vc$n"; done
"$stock" stop >/dev/null 2>&1

"$ours" start >/dev/null 2>&1
many() {
	echo 'LXC_NETWORK="10.0.0.0/16"'
	echo 'LXC_DHCP_HOSTS="'
	for n in $(seq 1000); do
		printf '02:00:00:00:%02x:%02x,10.0.%d.%d,h%d\n' $((n / 256)) $((n % 256)) \
			$((16 + n / 200)) $((n % 200 + 1)) "$n"
	done
	echo '"'
	echo 'LXC_FORWARDS="'
	for n in $(seq 200); do echo "tcp:$((20000 + n))=10.0.9.$n:80"; done
	echo "${1:-}"
	echo '"'
}
settings "$(many)"
"$ours" reload >/run/command 2>&1 || cat /run/command
settings "$(many tcp:30000=10.0.9.9:81)"
a=$(elapsed "$ours" reload)
settings "$(many)"
b=$(elapsed "$ours" reload)
c=$(elapsed "$ours" reload)
printf 'reload, 1000 reservations and 200 forwards: one more %s ms, one less %s ms, ' \
	"$(hundredths "$a")" "$(hundredths "$b")"
printf 'no change %s ms\n' "$(hundredths "$c")"
"$ours" stop >/dev/null 2>&1
