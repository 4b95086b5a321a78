# NICs with ipfilter are never without their filter: it is there before the NIC is up, or the NIC is
# refused; leases are in it before the first packet, and only as long as they last.
[ -n "$BERTH_NIC" ] || skip "no BERTH_NIC: run make"
lab_first_process ipfilter-life
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
lab_outside
lab_user alice ipfilter
for bridge in br0 none lan; do echo "alice veth $bridge 9 ipfilter" >>/etc/lxc/lxc-usernet; done
echo | lab_settings
ports() { ip -o link show type veth | grep -c veth1; }
refused() { # refused NAME BRIDGE: berth-nic refuses the NIC, and leaves nothing behind
	refute "a NIC on $2 is refused" lab_real_nic "$1" alice "$2"
	kill "$(ip netns pids "$1")"
	ip netns del "$1"
	equal "no NIC is left on $2" "$(ports)" 0
	equal "no row of the ledger is left" "$(cat /run/lxc/nics)" ""
}

# Where berth-net does not filter.
ip link add br0 type bridge
ip link set br0 up
refused other br0
expect "berth-nic says why it refuses the NIC" \
	grep -q 'berth-net does not filter on br0' /run/nic.other
refused routed none
expect "start succeeds" "$BERTH_NET" start
"$BERTH_NET" check 2>/run/check
expect "check names the host's bridge" grep -q 'but br0 is not a bridge of berth-net' /run/check
refused other br0
nft delete table bridge berth
refused lost lxcbr0
expect "reload succeeds" "$BERTH_NET" reload
for setting in LXC_DHCP LXC_USE_NFT; do
	echo "$setting=false" | lab_settings
	"$BERTH_NET" reload 2>/run/check
	expect "check names $setting=false" grep -q 'has ipfilter, but lxcbr0 has' /run/check
	refused "$setting" lxcbr0
done
echo | lab_settings
expect "reload succeeds" "$BERTH_NET" reload

# The lease is in the filter before the first packet, also for a client that asks for a broadcast.
lab_real_nic web alice
expect "the first packet after the lease passes" first_packet web
lab_real_nic broad alice
expect "the first packet after the lease passes with the broadcast flag" first_packet broad -B
own=$(cat /run/first.ok)

# Reload and restart lose no packet; leases and the filter survive dnsmasq and its file.
ip netns exec broad ping -i 0.02 -c 250 -W 1 10.0.3.1 >/run/pings &
pings=$!
for verb in reload restart reload; do expect "$verb succeeds" "$BERTH_NET" "$verb"; done
wait $pings
expect "reload and restart lose no packet" grep -q ' 0% packet loss' /run/pings
kill -9 "$(cat /run/lxc/dnsmasq.pid)"
expect "reload starts dnsmasq" "$BERTH_NET" reload
expect "the container stays connected while dnsmasq is started again" reaches4 broad 10.0.3.1
equal "the plan is empty after reload" "$("$BERTH_NET" plan)" ""

# A container that is restarted.
before=$(lab_hardware web)
lab_end_container web
lab_real_nic web alice
equal "a restarted container keeps its hardware address" "$(lab_hardware web)" "$before"
expect "a restarted container gets a lease" first_packet web

# stop keeps the table as long as a NIC needs it.
expect "stop succeeds" "$BERTH_NET" stop
expect "stop keeps the table while a NIC needs it" nft list table bridge berth
expect "start succeeds" "$BERTH_NET" start
expect "the container is connected again" soon reaches4 broad 10.0.3.1

# A client that takes one address after another loses the former ones.
cat >/run/hop.py <<'END'
"""Requests one address after another: hop.py FIRST END LIBRARY"""
import sys
sys.path.insert(0, sys.argv[3])
from attacks import BROADCAST, ETH_IP, dhcp, ether, ip, ipv4, udp
import socket
import time
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sender.bind(("eth0", 0))
own = sender.getsockname()[4]
for last in range(int(sys.argv[1]), int(sys.argv[2])):
    options = b"\x32\4" + ip(f"10.0.3.{last}") + b"\x36\4" + ip("10.0.3.1")
    message = dhcp(own, 3, options=options, flags=0)
    sender.send(ether(BROADCAST, own, ETH_IP, ipv4(
        "0.0.0.0", "255.255.255.255", 17, udp(68, 67, message))))
    time.sleep(0.3)
END
hardware=$(lab_hardware broad)
one_lease() { [ "$(leases | grep "$hardware")" = "$hardware . 10.0.3.$1" ]; }
hop() { # hop: sets `last` to the last byte of the last address
	last=$(($(free_last 5) + 4))
	ip netns exec broad python3 -B /run/hop.py $((last - 4)) $((last + 1)) "$LAB"
}
hop
sleep 3
refute "without berth-net run, the client keeps all its addresses in the filter" one_lease $last
expect "reload succeeds" "$BERTH_NET" reload
expect "reload removes the client's former leases" one_lease $last
own=10.0.3.$last
ip -n broad addr flush dev eth0
ip -n broad addr add $own/24 dev eth0

# berth-net run: a flushed table is back with its leases, and a client that takes another address
# loses its former ones.
"$BERTH_NET" run 2>/run/log &
service=$!
sleep 2
nft flush ruleset
began=$(date +%s%N)
has_lease() { leases | grep -q " $1\$"; }
expect "berth-net run restores a flushed table" soon has_lease "$own"
echo "restored after $((($(date +%s%N) - began) / 1000000)) ms"
expect "the container stays connected after the table was flushed" reaches4 broad 10.0.3.1
expect "berth-net run logs that it restored the table" grep -q 'restored: + .*bridge berth' /run/log
hop
expect "berth-net run removes the client's former leases" soon one_lease $last
: >/var/lib/misc/dnsmasq.lxcbr0.leases
without_lease() { ! leases | grep -q "$hardware"; }
expect "a lease that dnsmasq has lost is removed from the filter" soon without_lease
kill $service
wait $service
for container in web broad; do lab_end_container "$container"; done
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves no rules" "$(nft list ruleset)" ""
