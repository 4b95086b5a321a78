# NetworkManager has a connection profile for all Ethernet interfaces, and would take the NICs of
# containers. 10-berth.conf prevents this, and berth-net reattaches NICs that are detached all the
# same. As on desktops, systemd-resolved runs, too, and still resolves the names of containers.
# init files: systemd
# needs: NetworkManager nmcli systemd-resolved resolvectl

# shellcheck source=Tests/MachineTests/guest/nics.sh
. /machine/nics.sh
# shellcheck source=Tests/MachineTests/guest/resolved.sh
. /machine/resolved.sh

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	printf '%s\n' 'USE_LXC_BRIDGE="true"' >/etc/default/lxc-net
	printf '%s\n' 'alice veth lxcbr0 2 isolated macfilter' >/etc/lxc/lxc-usernet
	enable_resolved
	systemctl -q enable NetworkManager.service
	# The machine has no udev. Where /sys is read-only, NetworkManager does not wait for it.
	mkdir -p /etc/systemd/system/NetworkManager.service.d
	printf '[Service]\nReadOnlyPaths=/sys\n' \
		>/etc/systemd/system/NetworkManager.service.d/sys.conf
	profile br5 type=bridge interface-name=br5 '[ipv4]' method=disabled '[ipv6]' method=disabled
	profile all type=ethernet multi-connect=3 master=br5 slave-type=bridge
}

# profile NAME LINE…
profile() {
	local file=/etc/NetworkManager/system-connections/$1.nmconnection
	printf '%s\n' '[connection]' "id=$1" "${@:2}" >"$file"
	chmod 600 "$file"
}

state() { nmcli -t -f DEVICE,STATE device | sed -n "s/^$1://p"; }
connects() { state "$1" | grep -q '^connected'; }
on() { ip link show "$2" | grep -q "master $1 "; }
# left_alone NIC WHAT: NetworkManager takes another veth within these five seconds.
left_alone() {
	sleep 5
	expect "$2: the NIC is attached with its options" has_its_place "$1"
	equal "$2: NetworkManager does not manage the NIC" "$(state "$1")" unmanaged
}
named() { resolvectl query --cache=no web.alice.lxc | grep -qF " $1 "; }

after_boot() {
	local nic address
	expect "NetworkManager is active" systemctl -q is-active NetworkManager.service
	expect "NetworkManager created its bridge" eventually connects br5
	expect "alice creates a container" new_container alice web
	address=$(start_container alice web | head -n 1)
	nic=$(nic)
	left_alone "$nic" start
	# A NIC name for a user ID above 65536, and a name from another program.
	ip link add vethXy3Z0a type veth peer name there0
	ip link set vethXy3Z0a up
	ip link set there0 up
	expect "NetworkManager takes another veth" eventually on br5 there0
	equal "NetworkManager does not manage a veth with a name of LXC" "$(state vethXy3Z0a)" unmanaged
	refute "NetworkManager does not take a veth with a name of LXC" on br5 vethXy3Z0a
	ip link delete vethXy3Z0a
	nmcli general reload
	left_alone "$nic" "reload of NetworkManager"
	systemctl restart NetworkManager.service
	expect "NetworkManager has its bridge again" eventually connects br5
	left_alone "$nic" "restart of NetworkManager"
	expect "the host resolves the name" eventually named "$address"

	lost "$nic"
	left_alone "$nic" "bridge deleted"
	nmcli device disconnect lxcbr0
	back "$nic" "bridge disconnected by NetworkManager"
	expect "the container reaches its gateway" \
		eventually as alice lxc-attach -n web -- /bin/ping -c 1 -W 5 10.0.3.1
	equal "the container keeps its address" \
		"$(address alice web)" "$address"
	expect "the host still resolves the container's name" eventually named "$address"
	equal "the plan is empty" "$(berth-net plan)" ""
	expect "the container can be stopped" as alice lxc-stop -k -n web
	expect "the container can be started again" start_container alice web
	left_alone "$(nic)" "second start"

	# Without the file, NetworkManager manages it.
	nic=$(nic)
	: >/etc/NetworkManager/conf.d/10-berth.conf
	systemctl restart NetworkManager.service
	expect "without 10-berth.conf, NetworkManager manages the NIC" eventually connects "$nic"
	expect "the container can be stopped without 10-berth.conf" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '[ -z "$(ls /sys/class/net/lxcbr0/brif)" ]'
	expect "berth-net can be stopped" systemctl stop berth-net.service
	refute "resolved has no server of the network" holds 'resolvectl dns | grep -F 10.0.3.1'
	refute "resolved has no domain of the network" holds 'resolvectl domain | grep -F "~lxc"'
}
