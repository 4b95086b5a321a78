# Compares each setting through lxc-net's script and through berth-net, as seen from the kernel,
# from a container and from outside. The script of LXC 5 has a different default for the bridge's
# hardware address and no default for IPv6, so these are always set here. The defaults of LXC 7 are
# in newer.sh.
. "$LAB/sidebyside.sh"
mkdir -p /etc/lxc
echo 'dhcp-option=option:ntp-server,192.0.2.9' >/etc/lxc/dnsmasq.conf

side_compare lxcbr0 10.0.3.1 ""
side_both "link bridge 02:00:00:00:00:01 1500 up" "address 10.0.3.1/24 10.0.3.255" \
	"outside sees 192.0.2.1"
side_compare lxcbr0 10.0.3.1 "" 'LXC_DOMAIN="lan"'
expect "web.lan resolves" grep -q '^web.lan is 10.0.3.' /run/side.ours
side_compare lxcbr0 10.0.3.1 "" 'LXC_USE_NFT="false"'
side_both "outside sees 192.0.2.1"
side_compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_RANGE="10.0.3.60,10.0.3.61,2h"'
expect "the lease has the configured range and time" \
	grep -q '^lease 10.0.3.6[01]/.* time 7200 ' /run/side.ours
side_compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf'
expect "the additional configuration file is used" grep -q ' ntp 192.0.2.9 ' /run/side.ours
side_compare br9 10.0.3.1 "" 'LXC_BRIDGE="br9"'
side_both "outside sees 192.0.2.1"
side_compare lxcbr0 10.7.7.1 "" 'LXC_ADDR="10.7.7.1"' 'LXC_NETMASK="255.255.0.0"' \
	'LXC_NETWORK="10.7.0.0/16"' 'LXC_DHCP_RANGE="10.7.7.50,10.7.7.150"'
side_both "address 10.7.7.1/16 10.7.255.255" "outside sees 192.0.2.1"

# Two clients ask for one available lease.
side_two() {
	side_client one "$1" 02:00:00:00:00:11
	side_client two "$1" 02:00:00:00:00:12
	side_lease one
	side_lease two 5
}
side_body=side_two
side_compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_MAX="1"'
side_both "two gets no lease"

# An address that a client uses without a lease. Only a DHCP server that first pings an address
# detects it.
# The hardware address determines which client would get that address.
side_taken() {
	side_client thief "$1" 02:00:00:00:00:13
	ip -n thief addr add 10.0.3.50/24 dev eth0
	ip -n thief addr add 10.0.3.51/24 dev eth0
	side_client one "$1" 02:00:00:00:00:11
	side_lease one
}
side_body=side_taken
side_compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_RANGE="10.0.3.50,10.0.3.52"' 'LXC_DHCP_PING="true"'
expect "with LXC_DHCP_PING, the free address is assigned" grep -q '^lease 10.0.3.52/' /run/side.ours
side_compare lxcbr0 10.0.3.1 "" 'LXC_DHCP_RANGE="10.0.3.50,10.0.3.51"' 'LXC_DHCP_PING="false"'
expect "without LXC_DHCP_PING, an address in use is assigned" \
	grep -q '^lease 10.0.3.5[01]/' /run/side.ours

# If USE_LXC_BRIDGE is false, both programs succeed and do nothing.
echo 'USE_LXC_BRIDGE="false"' | lab_settings
before=$(lab_state)
for program in /usr/libexec/lxc/lxc-net "$BERTH_NET"; do
	for verb in start stop restart; do expect "$program $verb succeeds" "$program" "$verb"; done
	equal "$program does nothing" "$(lab_state)" "$before"
done
