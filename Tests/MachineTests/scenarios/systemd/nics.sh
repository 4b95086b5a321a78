# systemd-networkd has a file that matches all Ethernet interfaces, and would take the NICs of
# containers. 10-berth.network prevents this. NICs that are detached all the same are reattached by
# berth-net. networkmanager.sh tests this with NetworkManager.
# init files: systemd

# shellcheck source=Tests/MachineTests/guest/nics.sh
. /machine/nics.sh

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	printf '%s\n' 'USE_LXC_BRIDGE="true"' >/etc/default/lxc-net
	printf '%s\n' 'alice veth lxcbr0 2 isolated macfilter' >/etc/lxc/lxc-usernet
	# The machine has no udev. Where /sys is read-only, networkd does not wait for it.
	mkdir -p /etc/systemd/system/systemd-networkd.service.d /etc/systemd/network
	printf '[Service]\nBindReadOnlyPaths=/sys\n' \
		>/etc/systemd/system/systemd-networkd.service.d/sys.conf
	printf '%s\n' '[NetDev]' 'Name=br5' 'Kind=bridge' >/etc/systemd/network/br5.netdev
	printf '%s\n' '[Match]' 'Name=br5' '[Network]' 'ConfigureWithoutCarrier=yes' \
		>/etc/systemd/network/br5.network
	printf '%s\n' '[Match]' 'Type=ether' '[Network]' 'Bridge=br5' \
		>/etc/systemd/network/80-all.network
	systemctl -q enable systemd-networkd.service
}

setup() { networkctl --no-pager --no-legend list "$1" | awk '{ print $NF }'; }
logged() { journalctl -u berth-net.service | grep -q "$1"; }

after_boot() {
	local nic address
	expect "networkd created its bridge" eventually networkctl --no-pager status br5
	expect "alice creates a container" new_container alice web
	address=$(start_container alice web)
	nic=$(nic)
	expect "the container's NIC is attached to its bridge with its options" has_its_place "$nic"
	equal "networkd does not manage the NIC" "$(setup "$nic")" unmanaged
	networkctl reload
	networkctl reconfigure "$nic"
	expect "the NIC is still attached after a reload of networkd" has_its_place "$nic"
	# A NIC name for a user ID above 65536, and a name from another program.
	ip link add vethXy3Z0a type veth peer name there0
	ip link set vethXy3Z0a up
	expect "networkd does not manage a veth with a name of LXC without the user ID" \
		eventually holds '[ "$(setup vethXy3Z0a)" = unmanaged ]'
	expect "networkd takes another veth" \
		eventually holds 'ip link show there0 | grep -q "master br5"'
	ip link delete vethXy3Z0a

	lost "$nic"
	expect "the container reaches its gateway" \
		eventually as alice lxc-attach -n web -- /bin/ping -c 1 -W 5 10.0.3.1
	equal "the container keeps its address" \
		"$(address alice web)" "$address"
	equal "the plan is empty" "$(berth-net plan)" ""

	# Without the file, networkd takes it, and berth-net does not take it back from another bridge.
	printf '%s\n' '[Match]' 'Name=none' >/etc/systemd/network/10-berth.network
	networkctl reload
	networkctl reconfigure "$nic"
	expect "without 10-berth.network, networkd takes the NIC" \
		eventually holds 'ip link show '"$nic"' | grep -q "master br5"'
	expect "berth-net logs that the NIC stays on the other bridge" \
		eventually logged "$nic .*br5, where it remains"
	rm /etc/systemd/network/10-berth.network
	networkctl reload
	networkctl reconfigure "$nic"
	ip link set "$nic" nomaster
	back "$nic" "10-berth.network restored"
	expect "the container can be stopped" as alice lxc-stop -k -n web
}
