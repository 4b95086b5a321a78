# LXC_VLAN_AWARE: set, removed, on a bridge of berth-net and on one of the administrator; or
# refused before anything changes, if the kernel has no VLAN filtering.
filtering() { ip -d link show lxcbr0 | grep -o 'vlan_filtering [01]'; }
unshare -n ip link add lo type bridge vlan_default_pvid 4095 2>/run/probe
echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=maybe' | lab_settings
refute "check refuses a value that is not boolean" "$BERTH_NET" check
echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
if grep -q 'File exists' /run/probe; then
	for verb in check start; do
		refute "$verb fails on a kernel without VLAN filtering" "$BERTH_NET" $verb
		"$BERTH_NET" $verb >/run/said 2>&1
		expect "$verb says that the kernel has no VLAN filtering" \
			grep -q 'lxcbr0 cannot be VLAN-aware.*CONFIG_BRIDGE_VLAN' /run/said
	done
	refute "a start that fails leaves no bridge" ip link show lxcbr0
	echo 'LXC_IPV6_ENABLE=false' | lab_settings
	expect "start succeeds without LXC_VLAN_AWARE" "$BERTH_NET" start
	expect "the plan is empty without LXC_VLAN_AWARE" "$BERTH_NET" plan
	echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
	refute "reload refuses LXC_VLAN_AWARE on a kernel without VLAN filtering" "$BERTH_NET" reload
	expect "the network stays up" "$BERTH_NET" status
else
	expect "start succeeds" "$BERTH_NET" start
	equal "the bridge is VLAN-aware" 'vlan_filtering 1' "$(filtering)"
	expect "the plan is empty with LXC_VLAN_AWARE" "$BERTH_NET" plan
	echo 'LXC_IPV6_ENABLE=false' | lab_settings
	expect "reload succeeds without LXC_VLAN_AWARE" "$BERTH_NET" reload
	equal "the bridge ignores VLANs again" 'vlan_filtering 0' "$(filtering)"
	ip link set lxcbr0 type bridge vlan_filtering 1
	expect "the administrator's value does not count as a difference" "$BERTH_NET" plan
	expect "stop succeeds" "$BERTH_NET" stop
	for before in 0 1; do
		ip link add lxcbr0 type bridge vlan_filtering $before
		echo 'LXC_IPV6_ENABLE=false LXC_VLAN_AWARE=true' | lab_settings
		expect "start succeeds on a bridge of the administrator" "$BERTH_NET" start
		equal "the bridge of the administrator is VLAN-aware" 'vlan_filtering 1' "$(filtering)"
		expect "the plan is empty on a bridge of the administrator" "$BERTH_NET" plan
		expect "stop succeeds" "$BERTH_NET" stop
		equal "stop restores the value of the administrator" "vlan_filtering $before" "$(filtering)"
		ip link delete lxcbr0
	done
fi
