# What a hostile container can send: from a NIC with ipfilter, from one without, and from one that
# berth-nic did not create. The victim, the host and a third host see the frames that pass.
[ -n "$BERTH_NIC" ] || skip "no BERTH_NIC: run make"
lab_first_process ipfilter-attacks
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
lab_outside
ip -n outside route add default via 192.0.2.1
lab_user alice ipfilter
lab_user bob
printf '%s\n' LXC_IPV6_ADDR=fd42::1 LXC_NAT=false LXC_RPFILTER=false $narrow_range |
	lab_settings
expect "start succeeds" "$BERTH_NET" start

lab_real_nic web alice
lab_real_nic evil alice
lab_real_nic near bob
lab_container far
for container in web evil near far; do
	expect "$container has a lease" lab_lease "$container"
	expect "$container has an IPv6 address" has_ipv6 "$container"
done

expect "a NIC with ipfilter can send only what is its own" held filtered evil web
expect "a NIC without ipfilter cannot use what belongs to others" held neighbor near web
# On kernels without nft_meta_bridge, nothing reports the bridge of a port. Such a port can send
# router advertisements to the host and to unfiltered NICs, but to no filtered one.
attack /run/attack neighbor far web web
python3 "$LAB/attacks.py" judge /run/attack >/run/verdict
equal "a NIC that berth-nic did not create cannot use what belongs to filtered NICs" \
	"$(grep -v 'reached host$\|as intended' /run/verdict)" ""
expect "a NIC with ipfilter reaches the victim with its own address" \
	reaches4 evil "$(lab_address web)"
expect "a NIC without ipfilter reaches the victim with its own address" \
	reaches4 near "$(lab_address web)"
expect "a NIC without ipfilter reaches the victim over IPv6" \
	reaches6 near "$(ip -n web -6 -o addr show dev eth0 scope global |
	sed -n 's,.*inet6 \([^/]*\)/.*,\1,p' | head -n 1)"

# The whole ruleset can be saved and loaded again, as init scripts do.
nft list ruleset >/run/saved
nft flush ruleset
expect "the table as nft lists it can be loaded" nft -f /run/saved
nft list ruleset >/run/again
equal "the loaded table is the same as the saved one" \
	"$(grep -v expires /run/again)" "$(grep -v expires /run/saved)"
expect "the loaded table filters" held filtered evil web

# Simpler versions of the filter do not stop these attacks, which shows that the tests detect them.
naive() { # naive SED-SCRIPT: loads the table with a change
	nft list table bridge berth >/run/table
	sed "$1" /run/table >/run/naive
	refute "the simpler filter differs: $1" cmp -s /run/table /run/naive
	nft delete table bridge berth
	nft -f /run/naive
}
block='ether saddr \& ff:ff:00:00:00:00 == b2:be:00:00:00:00'
naive "s/iifgroup & 4278190084 == 3187671044 goto filtered/$block goto filtered/; /jump held/d
	s/$block counter.*drop//"
expect "if ports are recognized by their addresses, a neighbor takes them over" \
	lost neighbor near web "all of the victim's addresses"
nft delete table bridge berth
"$BERTH_NET" reload >/dev/null
naive 's/udp dport 67 goto dhcp_in/udp dport 67 accept/'
expect "if DHCP may pass by its port, an attacker acts as the victim" \
	lost filtered evil web "DHCP for the victim"
nft delete table bridge berth
"$BERTH_NET" reload >/dev/null
naive 's/goto unspecified_in/accept/; s/ether saddr . @nh,64,128 @own6 .*accept/accept/'
expect "if IPv6 may pass, an attacker claims the victim's address" \
	lost filtered evil web "IPv6 as the victim"
nft delete table bridge berth
expect "without a table, the attacks succeed" lost filtered evil web "IPv4 as the gateway"
expect "macfilter still stops frames from unknown hardware addresses" \
	[ -z "$(grep '^IPv4 from an unknown hardware' /run/verdict)" ]
"$BERTH_NET" status >/run/status
expect "status says that the table is missing" grep -q 'missing: + .*bridge berth' /run/status
expect "reload restores the table" "$BERTH_NET" reload
# The attacks released the victim's lease, and the IPv6 claims were not saved.
for container in web evil; do
	ip -n "$container" link set eth0 down
	ip -n "$container" link set eth0 up
	expect "$container has a lease again" lab_lease "$container"
	expect "$container has an IPv6 address again" has_ipv6 "$container"
done
expect "the restored table filters" held filtered evil web
for container in web evil near; do lab_end_container "$container"; done
ip link del vfar
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves no rules" "$(nft list ruleset)" ""
