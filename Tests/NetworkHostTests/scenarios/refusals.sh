# berth-net check refuses each setting of refusals.txt, added to valid settings for several hosts,
# with the messages below it, and changes nothing. The kernel itself would accept most of these
# settings.
lab_outside
base='LXC_NETWORK=10.88.0.0/16
LXC_IPV6_PREFIX=fd42:88:88:88
LXC_DOMAIN=h1.lxc
LXC_DHCP_RANGE=10.88.1.2,10.88.1.254
LXC_VXLAN=100
LXC_VXLAN_LOCAL=192.0.2.1
LXC_VXLAN_PEERS="192.0.2.2 192.0.2.3"
LXC_DNS_PEERS="h2.lxc=192.0.2.2"
LXC_NAT_EXCEPT=10.80.0.0/12
LXC_ROUTED_FROM=up0'
echo "$base" | lab_settings
expect "the settings are valid" "$BERTH_NET" check
before=$(lab_state)

# The table: a line with a setting, and below it what check says, each line after a tab.
tried=0
setting=
try() {
	[ -n "$setting" ] || return 0
	printf '%s\n%s\n' "$base" "$setting" | lab_settings
	"$BERTH_NET" check >/run/said 2>&1
	equal "the exit status of check with $setting" $? 1
	sed 's/^berth-net: //; s,/etc/default/lxc-net,FILE,' /run/said >/run/sentences
	equal "what check says about $setting" "$(cat /run/sentences)" "$(cat /run/expected)"
	tried=$((tried + 1))
}
tab=$(printf '\t')
while IFS= read -r line; do
	case $line in
	"$tab"*) echo "${line#"$tab"}" >>/run/expected ;;
	*)
		try
		setting=$line
		: >/run/expected
		;;
	esac
done <"$LAB/refusals.txt"
try
equal "all settings of the table were tried" "$tried" "$(grep -vc "^$tab" "$LAB/refusals.txt")"
equal "check changes nothing" "$(lab_state)" "$before"
