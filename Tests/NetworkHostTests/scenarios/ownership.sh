# stop restores what was on the host before start, and keeps what others have changed since.
lab_outside
conf=/proc/sys/net
everything() {
	lab_state | sed 's/ fe80[^ ]*//'
	bridge -d link | sed 's/^[0-9]*: //; s/ state [a-z]* / /'
	grep -rs . $conf/ipv4/ip_forward $conf/ipv4/conf $conf/ipv6/conf | grep -v '/v[a-z]*/'
}
# lxc-usernet isolates bob's port. LXC_ISOLATE is added and removed.
isolated() { bridge -d link show dev "$1" | grep -q 'isolated on'; }
echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container bob
lab_container eve
bridge link set dev vbob isolated on
echo LXC_ISOLATE=true | lab_settings
expect "reload adds LXC_ISOLATE" "$BERTH_NET" reload
expect "LXC_ISOLATE isolates the port of eve" isolated veve
echo | lab_settings
equal "removing LXC_ISOLATE releases only ports that it isolated" \
	"$("$BERTH_NET" reload 2>&1 | grep port)" \
	"~ lxcbr0: port veve is no longer isolated"
expect "bob's port stays isolated" isolated vbob
refute "the port of eve is no longer isolated" isolated veve
echo LXC_ISOLATE=true | lab_settings
expect "reload adds LXC_ISOLATE again" "$BERTH_NET" reload
expect "stop succeeds" "$BERTH_NET" stop
expect "bob's port stays isolated after stop" isolated vbob
refute "stop releases the port of eve" isolated veve
ip link del vbob
ip link del veve
expect "stop succeeds" "$BERTH_NET" stop

# stop restores the settings of a host that forwards packets from one interface only.
echo 0 >$conf/ipv4/ip_forward
echo 0 >$conf/ipv6/conf/all/forwarding
echo 0 >$conf/ipv4/conf/all/accept_redirects
echo 1 >$conf/ipv4/conf/up0/forwarding
ip -6 route del default
ip -6 route add default via 2001:db8::2 dev up0 proto ra
echo 1 >$conf/ipv6/conf/up0/accept_ra
before=$(everything)
expect "start succeeds" "$BERTH_NET" start
equal "the host forwards" "$(cat $conf/ipv4/ip_forward $conf/ipv6/conf/all/forwarding)" "1
1"
equal "the uplink keeps accepting router advertisements" "$(cat $conf/ipv6/conf/up0/accept_ra)" 2
expect "stop succeeds" "$BERTH_NET" stop
equal "stop restores the forwarding settings" "$(everything)" "$before"

# A second network needs forwarding as long as it is up.
mkdir -p /etc/lxc/net.d
echo 'LXC_BRIDGE=lxcbr1 LXC_NETWORK=auto LXC_IPV6_ENABLE=false' >/etc/lxc/net.d/two.conf
expect "start creates two networks" "$BERTH_NET" start
echo USE_LXC_BRIDGE=false | lab_settings
expect "reload removes the first network" "$BERTH_NET" reload
equal "IPv4 is still forwarded, and IPv6 no longer" \
	"$(cat $conf/ipv4/ip_forward $conf/ipv6/conf/all/forwarding $conf/ipv6/conf/up0/accept_ra)" "1
0
1"
expect "the plan is empty with one network" "$BERTH_NET" plan
rm /etc/lxc/net.d/two.conf
expect "reload removes the second network" "$BERTH_NET" reload
equal "reload without a network restores the forwarding settings" "$(everything)" "$before"
echo | lab_settings

# A network that another program added since start may need forwarding, so forwarding stays enabled.
# One that existed before start does not need it.
ip tuntap add wg0 mode tun
ip addr add 10.66.0.1/24 dev wg0
ip link set wg0 up
expect "start succeeds" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop
equal "a tunnel that existed before does not keep forwarding enabled" \
	"$(cat $conf/ipv4/ip_forward)" 0
expect "start succeeds" "$BERTH_NET" start
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 dev docker0
ip link set docker0 up
"$BERTH_NET" stop >/dev/null 2>/run/warnings
equal "a bridge that was added since keeps forwarding enabled" "$(cat $conf/ipv4/ip_forward)" 1
expect "stop warns that IPv4 forwarding remains enabled" \
	grep -q 'net/ipv4/ip_forward remains 1.*docker0' /run/warnings
equal "stop disables IPv6 forwarding, which that bridge does not use" \
	"$(cat $conf/ipv6/conf/all/forwarding $conf/ipv6/conf/up0/accept_ra)" "0
1"
ip link del docker0
ip link del wg0

# A start that fails restores everything, including the forwarding settings.
echo 0 >$conf/ipv4/ip_forward
echo 1 >$conf/ipv4/conf/up0/forwarding
before=$(everything)
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\nexit 1\n' >/usr/local/sbin/dnsmasq
chmod +x /usr/local/sbin/dnsmasq
refute "start fails with a broken dnsmasq" "$BERTH_NET" start
equal "a start that fails restores everything" "$(everything)" "$before"
umount -l /usr/local/sbin

# A bridge created by hand, with its own address in the range, is as before after stop.
# iptables-restore leaves empty tables.
echo LXC_USE_NFT=false | lab_settings
expect "start succeeds with iptables" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop
for dialect in true false; do
	ip link add br7 address 02:00:00:00:00:07 type bridge
	ip link set br7 mtu 9000
	ip addr add 10.0.3.200/24 dev br7
	ip addr add fd42:1::1/64 dev br7 nodad
	echo 2 >$conf/ipv6/conf/br7/accept_ra
	before=$(everything)
	printf '%s\n' LXC_BRIDGE=br7 "LXC_USE_NFT=$dialect" LXC_BRIDGE_MTU=1400 \
		LXC_BRIDGE_MAC=02:00:00:00:00:08 'LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80' | lab_settings
	expect "start succeeds on a bridge that was created by hand" "$BERTH_NET" start
	expect "the plan is empty after start" "$BERTH_NET" plan
	printf '%s\n' LXC_BRIDGE=br7 LXC_ADDR=10.0.3.200 LXC_IPV6_ENABLE=false | lab_settings
	expect "reload succeeds with other settings" "$BERTH_NET" reload
	expect "the plan is empty after reload" "$BERTH_NET" plan
	equal "reload restores what the settings no longer change" \
		"$(cat /sys/class/net/br7/address); $(ip -6 addr show br7 | grep -c fd42:1::1/64)" \
		"02:00:00:00:00:07; 1"
	expect "stop succeeds" "$BERTH_NET" stop
	equal "stop restores the bridge and the rules ($dialect)" "$(everything)" "$before"
	ip link del br7
done
