# Addresses that change, addresses that the administrator added, and bridges that remain after their
# networks are removed.
lab_outside
addresses() {
	ip -br addr show lxcbr0 | awk '{ for (i = 3; i <= NF; i++) if ($i !~ /^fe80/) print $i }'
}
echo 'LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
lab_lease web
echo 'LXC_IPV6_ADDR=fd42:1::1 LXC_ADDR=10.0.3.254' | lab_settings
expect "reload sets another address in the same range" "$BERTH_NET" reload
equal "the new address replaces the old one" "$(addresses)" "10.0.3.254/24
fd42:1::1/64"
expect "the plan is empty after reload" "$BERTH_NET" plan
echo 'LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80 LXC_ADDR=10.0.3.254' | lab_settings
"$BERTH_NET" reload >/dev/null 2>/run/warnings
equal "reload sets another prefix length of the same IPv6 address" "$?" 0
expect "a warning says that the network has no router advertisements" \
	grep -q 'fd42:1::/80 is not a /64' /run/warnings
refute "reload does not report a failure of IPv6" grep -q 'IPv6 is incomplete' /run/warnings
equal "the address has the new length" "$(addresses | tail -1)" fd42:1::1/80
ip addr add 10.0.3.5/24 dev lxcbr0
expect "stop succeeds with a container on the bridge" "$BERTH_NET" stop
equal "stop keeps the address that the administrator added" "$(addresses)" 10.0.3.5/24
ip link del vweb
expect "stop succeeds once the container is gone" "$BERTH_NET" stop
refute "stop removes the bridge" ip link show lxcbr0
refute "stop removes the record" test -e /run/lxc/berth-net.json

mkdir -p /etc/lxc/net.d
echo 'LXC_BRIDGE=lxcbr1 LXC_NETWORK=10.9.9.0/24' >/etc/lxc/net.d/one.conf
echo | lab_settings
expect "start creates two networks" "$BERTH_NET" start
lab_container db lxcbr1
mv /etc/lxc/net.d/one.conf /run
"$BERTH_NET" reload >/dev/null 2>/run/warnings
expect "reload names the container on the bridge of the removed network" \
	grep -q 'lxcbr1 remains.*vdb' /run/warnings
mv /run/one.conf /etc/lxc/net.d
expect "reload adds the network again" "$BERTH_NET" reload
ip link del vdb
expect "stop succeeds" "$BERTH_NET" stop
refute "stop still removes the bridge, which berth-net created" ip link show lxcbr1
rm /etc/lxc/net.d/one.conf

# The bridge keeps its range when a tunnel is added whose route covers this range.
expect "start succeeds" "$BERTH_NET" start
ip tuntap add tunnel mode tun
ip link set tunnel up
ip route add 10.0.3.0/25 dev tunnel
echo 'LXC_FORWARDS=tcp:25=10.0.3.9:25' | lab_settings
expect "reload changes settings although a tunnel has a route in the range" "$BERTH_NET" reload
echo 'LXC_NETWORK=auto' | lab_settings
expect "reload succeeds with LXC_NETWORK=auto" "$BERTH_NET" reload
equal "the automatic range is the one that the bridge has" "$(addresses | head -1)" 10.0.3.1/24
expect "stop succeeds" "$BERTH_NET" stop
echo | lab_settings
refute "a new network whose range has another route is refused" "$BERTH_NET" start
ip route del 10.0.3.0/25 dev tunnel
ip route add 10.0.0.0/8 dev tunnel
expect "a wider route without neighbors does not prevent start" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop

ip link add br7 type bridge
echo 'LXC_BRIDGE=br7' | lab_settings
touch /run/lxc/network_up
expect "start uses a bridge of another program while network_up exists" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop
expect "stop keeps the bridge of another program" ip link show br7
