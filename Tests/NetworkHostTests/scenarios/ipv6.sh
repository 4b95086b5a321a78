# Trouble with IPv6 is no trouble with IPv4, and a host that learns its own route goes on learning.
lab_outside
ip -6 route del default
ip -6 route add default via 2001:db8::2 dev up0 proto ra
echo | lab_settings
expect "start" "$BERTH_NET" start
equal "the uplink goes on learning its route" "$(cat /proc/sys/net/ipv6/conf/up0/accept_ra)" 2
equal "as a router" "$(cat /proc/sys/net/ipv6/conf/all/forwarding)" 1
equal "the prefix follows from the machine's identity" \
	"$(ip -6 addr show lxcbr0 scope global | grep -c 'inet6 fd.*::1/64')" 1
expect "stop" "$BERTH_NET" stop

: >/run/nothing
mount --bind /run/nothing /etc/machine-id
"$BERTH_NET" start >/dev/null 2>&1
prefix=$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')
"$BERTH_NET" stop >/dev/null 2>&1
"$BERTH_NET" start >/dev/null 2>&1
equal "a machine without one keeps a random one" \
	"$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')" "$prefix"
"$BERTH_NET" stop >/dev/null 2>&1
rm /var/lib/lxc/berth-net.seed
"$BERTH_NET" start >/dev/null 2>&1
refute "and another one has another" \
	[ "$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')" = "$prefix" ]
echo 1 >/proc/sys/net/ipv6/conf/lxcbr0/disable_ipv6
expect "IPv6 that somebody switched off on the bridge is lost" sh -c '! "$1" plan' - "$BERTH_NET"
expect "and comes back" "$BERTH_NET" reload
equal "with its address" "$(ip -6 addr show lxcbr0 scope global | grep -c ::1/64)" 1
"$BERTH_NET" stop >/dev/null 2>&1

for which in all default; do
	echo 1 >/proc/sys/net/ipv6/conf/$which/disable_ipv6
	"$BERTH_NET" start >/dev/null 2>/run/warnings
	equal "start without IPv6 ($which)" "$?" 0
	expect "says so" grep -q 'IPv6 is not supported by this kernel' /run/warnings
	lab_container web
	expect "a lease" lab_lease web
	expect "and the world" reaches4 web 192.0.2.2
	ip link del vweb
	ip netns del web
	expect "stop" "$BERTH_NET" stop
	echo 0 >/proc/sys/net/ipv6/conf/$which/disable_ipv6
done
