# lxc-net is running with a container; berth-net takes over its network, as berth-install(7) says.
# init files: openrc

after_boot() {
	expect "lxc-net's network is up" [ -e /run/lxc/network_up ]
	outside
	probe
	expect "lxc-net can be disabled" rc-update delete lxc-net
	expect "berth-net can be enabled and started" \
		holds 'rc-update add berth-net && rc-service berth-net start'
	expect "berth-net status reports the network as up" berth-net status
	equal "berth-net plan has no changes" "$(berth-net plan)" ""
	nothing_lost "during the takeover"
	equal "lxc-net's firewall tables are removed" "$(nft list tables)" "table inet berth_lxcbr0"
	expect "berth-net can be restarted" rc-service berth-net restart
	nothing_lost "during a restart"
	end_probe
	expect "berth-net can be stopped" rc-service berth-net stop
	refute "stop removes the bridge" ip link show lxcbr0
}
