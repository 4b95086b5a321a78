# LXC_VLAN_AWARE: set, removed, on a bridge of berth-net's own and on one of the administrator; or
# refused before anything changes, if the kernel has no VLAN filtering.
filtering() { ip -d link show lxcbr0 | grep -o 'vlan_filtering [01]'; }
unshare -n ip link add lo type bridge vlan_default_pvid 4095 2>/run/probe
echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=maybe' | lab_settings
refute "a value that is not boolean" "$BERTH_NET" check
echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
if grep -q 'File exists' /run/probe; then
	for verb in check start; do
		refute "$verb on a kernel without VLAN filtering" "$BERTH_NET" $verb
		"$BERTH_NET" $verb >/run/said 2>&1
		expect "$verb says why" grep -q 'lxcbr0 cannot be VLAN-aware.*CONFIG_BRIDGE_VLAN' /run/said
	done
	refute "no bridge is left" ip link show lxcbr0
	echo 'LXC_IPV6_ENABLE=false' | lab_settings
	expect "start without the setting" "$BERTH_NET" start
	expect "one pass" "$BERTH_NET" plan
	echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
	refute "reload on such a kernel" "$BERTH_NET" reload
	expect "the network stays up" "$BERTH_NET" status
else
	expect "start" "$BERTH_NET" start
	equal "the bridge is VLAN-aware" 'vlan_filtering 1' "$(filtering)"
	expect "one pass" "$BERTH_NET" plan
	echo 'LXC_IPV6_ENABLE=false' | lab_settings
	expect "reload without the setting" "$BERTH_NET" reload
	equal "the bridge ignores VLANs again" 'vlan_filtering 0' "$(filtering)"
	ip link set lxcbr0 type bridge vlan_filtering 1
	expect "the administrator's value does not count as a difference" "$BERTH_NET" plan
	expect "stop" "$BERTH_NET" stop
	for before in 0 1; do
		ip link add lxcbr0 type bridge vlan_filtering $before
		echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
		expect "start on a bridge of the administrator" "$BERTH_NET" start
		equal "it is VLAN-aware" 'vlan_filtering 1' "$(filtering)"
		expect "one pass" "$BERTH_NET" plan
		expect "stop" "$BERTH_NET" stop
		equal "it has its value again" "vlan_filtering $before" "$(filtering)"
		ip link delete lxcbr0
	done
fi
