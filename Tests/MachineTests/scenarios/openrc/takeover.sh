# lxc-net is running with a container; berth-net takes over its network, as berth-install(7) says.
# init files: openrc

after_boot() {
	expect "LXC's network is up" [ -e /run/lxc/network_up ]
	outside
	probe
	expect "lxc-net is turned off" rc-update delete lxc-net
	expect "berth-net is turned on" holds 'rc-update add berth-net && rc-service berth-net start'
	expect "it has the network" berth-net status
	equal "and nothing to change" "$(berth-net plan)" ""
	nothing_lost "by that"
	equal "the old rules are gone" "$(nft list tables)" "table inet berth_lxcbr0"
	expect "restart" rc-service berth-net restart
	nothing_lost "by a restart"
	end_probe
	expect "stop" rc-service berth-net stop
	refute "nothing is left" ip link show lxcbr0
}
