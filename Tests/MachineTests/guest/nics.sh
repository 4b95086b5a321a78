#!/bin/bash
# For scenarios in which alice's container loses its NIC. Her line of lxc-usernet grants the options
# isolated and macfilter.

nic() { sed -n 's/^alice veth lxcbr0 //p' /run/lxc/nics; }
# has_its_place NIC: whether the NIC is attached, with the options that its line grants.
has_its_place() {
	local options word
	options=$(ip -o -d link show "$1"; bridge fdb show dev "$1")
	echo "$options"
	for word in '[,<]UP[,>]' ' master lxcbr0 ' ' isolated on ' ' locked on ' ' learning off ' \
		' sticky .*static'; do
		grep -q -- "$word" <<<"$options" || return 1
	done
}
# back NIC WHAT: waits until the NIC is attached again, and prints how long it took.
back() {
	local begin=${EPOCHREALTIME/./}
	expect "$2: the NIC is attached again" eventually has_its_place "$1"
	echo "$2: attached again after $(((${EPOCHREALTIME/./} - begin) / 1000)) ms"
}
# lost NIC: detaches the NIC, sets it down, and deletes its bridge.
lost() {
	ip link set "$1" nomaster
	back "$1" nomaster
	ip link set "$1" down
	back "$1" "set down"
	ip link delete lxcbr0
	back "$1" "bridge deleted"
	ip link delete lxcbr0
	ip link add lxcbr0 type bridge
	back "$1" "bridge deleted and created"
}
