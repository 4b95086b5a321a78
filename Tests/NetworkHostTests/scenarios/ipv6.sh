# A failure of IPv6 does not affect IPv4. An uplink keeps accepting router advertisements.
lab_outside
ip -6 route del default
ip -6 route add default via 2001:db8::2 dev up0 proto ra
echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
equal "the uplink keeps accepting router advertisements" \
	"$(cat /proc/sys/net/ipv6/conf/up0/accept_ra)" 2
equal "IPv6 forwarding is enabled" "$(cat /proc/sys/net/ipv6/conf/all/forwarding)" 1
equal "a prefix is derived from the machine ID" \
	"$(ip -6 addr show lxcbr0 scope global | grep -c 'inet6 fd.*::1/64')" 1
expect "stop succeeds" "$BERTH_NET" stop

: >/run/nothing
mount --bind /run/nothing /etc/machine-id
"$BERTH_NET" start >/dev/null 2>&1
prefix=$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')
"$BERTH_NET" stop >/dev/null 2>&1
"$BERTH_NET" start >/dev/null 2>&1
equal "without a machine ID, a random prefix is kept" \
	"$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')" "$prefix"
"$BERTH_NET" stop >/dev/null 2>&1
"$BERTH_NET" start >/dev/null 2>&1
echo 0123456789abcdef0123456789abcdef >/run/identified
mount --bind /run/identified /etc/machine-id
equal "when the host gets a machine ID, the prefix is kept" "$("$BERTH_NET" plan)" ''
umount /etc/machine-id
"$BERTH_NET" stop >/dev/null 2>&1
rm /var/lib/lxc/berth-net.seed
"$BERTH_NET" start >/dev/null 2>&1
refute "a new seed gives a different prefix" \
	[ "$(ip -6 addr show lxcbr0 scope global | awk '/inet6/{ print $2 }')" = "$prefix" ]
echo 1 >/proc/sys/net/ipv6/conf/lxcbr0/disable_ipv6
expect "plan reports that IPv6 is disabled on the bridge" sh -c '! "$1" plan' - "$BERTH_NET"
expect "reload enables IPv6 again" "$BERTH_NET" reload
equal "the bridge has its IPv6 address again" \
	"$(ip -6 addr show lxcbr0 scope global | grep -c ::1/64)" 1
"$BERTH_NET" stop >/dev/null 2>&1

for which in all default; do
	echo 1 >/proc/sys/net/ipv6/conf/$which/disable_ipv6
	"$BERTH_NET" start >/dev/null 2>/run/warnings
	equal "start succeeds without IPv6 ($which)" "$?" 0
	expect "the warning says that IPv6 is not supported" \
		grep -q 'IPv6 is not supported by this kernel' /run/warnings
	lab_container web
	expect "the container gets a lease" lab_lease web
	expect "the container reaches the Internet" reaches4 web 192.0.2.2
	ip link del vweb
	ip netns del web
	expect "stop succeeds" "$BERTH_NET" stop
	echo 0 >/proc/sys/net/ipv6/conf/$which/disable_ipv6
done
