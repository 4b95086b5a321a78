# lxc-net is running with a container; berth-net takes over its network, as berth-install(7) says.
# init files: systemd

after_boot() {
	expect "LXC's network is up" systemctl -q is-active lxc-net.service
	outside
	probe
	expect "lxc-net is turned off" systemctl -q mask lxc-net.service
	expect "berth-net is turned on" systemctl -q enable --now berth-net.service
	expect "it has the network" berth-net status
	equal "and nothing to change" "$(berth-net plan)" ""
	nothing_lost "by that"
	systemctl restart lxc.service
	expect "LXC's service does not bring its own back" berth-net status
	equal "its rules are gone" "$(nft list tables)" "table inet berth_lxcbr0"
	expect "restart" systemctl restart berth-net.service
	nothing_lost "by a restart of both"
	end_probe
	expect "stop" systemctl stop berth-net.service
	refute "nothing is left" ip link show lxcbr0
}
