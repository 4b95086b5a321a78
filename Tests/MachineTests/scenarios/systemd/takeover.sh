# lxc-net is running with a container; berth-net takes over its network, as berth-install(7) says.
# init files: systemd

after_boot() {
	expect "lxc-net's network is up" systemctl -q is-active lxc-net.service
	outside
	probe
	expect "lxc-net can be masked" systemctl -q mask lxc-net.service
	expect "berth-net can be enabled and started" systemctl -q enable --now berth-net.service
	expect "berth-net status reports the network as up" berth-net status
	equal "berth-net plan has no changes" "$(berth-net plan)" ""
	nothing_lost "during the takeover"
	systemctl restart lxc.service
	expect "the network stays up when the service lxc restarts" berth-net status
	equal "lxc-net's firewall tables are removed" "$(nft list tables)" "table inet berth_lxcbr0"
	expect "berth-net can be restarted" systemctl restart berth-net.service
	nothing_lost "during restarts of lxc and berth-net"
	end_probe
	expect "berth-net can be stopped" systemctl stop berth-net.service
	refute "stop removes the bridge" ip link show lxcbr0
}
