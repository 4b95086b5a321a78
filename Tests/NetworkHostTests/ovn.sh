#!/bin/sh
# OVN on the hosts of cluster.sh, sourced by scenarios: host 8 has its databases, hosts 1 and 2 are
# chassis. OVN need not be installed: unpack-ovn.sh unpacks it, because its packages start daemons
# that change the bridges of the machine.

ovn_check() { # skips the scenario if a program is missing
	ovn_root=
	[ -x /usr/bin/ovn-northd ] || ovn_root=$(readlink -f "$LAB/../..")/.build/ovn
	for ovn_program in northd controller; do
		[ -x "$ovn_root/usr/bin/ovn-$ovn_program" ] ||
			skip "OVN is not installed: run Tests/NetworkHostTests/unpack-ovn.sh"
	done
	[ -x /usr/sbin/ovs-vswitchd ] ||
		skip "Open vSwitch is not installed: install the package openvswitch-switch"
}

ovn_begin() { # creates the databases, and starts the daemons
	on 8 mkdir -p /run/ovn
	for ovn_base in nb sb; do
		on 8 ovsdb-tool create "/run/ovn/$ovn_base.db" \
			"$ovn_root/usr/share/ovn/ovn-$ovn_base.ovsschema"
	done
	ovn_central
	for ovn_host in 1 2; do
		ovn_switch "$ovn_host"
		# The userspace datapath sends a tunnel through a port of a bridge of its own.
		vsctl "$ovn_host" --no-wait set Open_vSwitch . \
			external_ids:ovn-remote=tcp:192.0.2.8:6642 external_ids:ovn-encap-type=geneve \
			"external_ids:ovn-encap-ip=192.0.2.$ovn_host" \
			external_ids:ovn-bridge-datapath-type=netdev
		vsctl "$ovn_host" add-br br-phy -- set bridge br-phy datapath_type=netdev \
			fail-mode=standalone "other-config:hwaddr=\"$(ovn_address "$ovn_host" up0)\"" -- \
			add-port br-phy up0
		on "$ovn_host" ip addr flush dev up0
		on "$ovn_host" ip addr add "192.0.2.$ovn_host/24" dev br-phy
		on "$ovn_host" ip link set br-phy up
		vsctl "$ovn_host" add-br br-int -- set bridge br-int datapath_type=netdev fail-mode=secure
		on "$ovn_host" ip link set br-int up
		ovn_controller "$ovn_host"
	done
}

ovn_address() { on "$1" cat "/sys/class/net/$2/address"; }

# Starts the databases and ovn-northd.
ovn_central() {
	for ovn_base in nb:6641 sb:6642; do
		ovn_name=${ovn_base%:*}
		on 8 ovsdb-server "/run/ovn/$ovn_name.db" "--remote=punix:/run/ovn/ovn${ovn_name}_db.sock" \
			"--remote=ptcp:${ovn_base#*:}:0.0.0.0" "--unixctl=/run/ovn/$ovn_name.ctl" \
			"--pidfile=/run/ovn/$ovn_name.pid" --detach "--log-file=/run/ovn/$ovn_name.log" \
			>/dev/null 2>&1
	done
	on 8 "$ovn_root/usr/bin/ovn-northd" --ovnnb-db=unix:/run/ovn/ovnnb_db.sock \
		--ovnsb-db=unix:/run/ovn/ovnsb_db.sock --pidfile=/run/ovn/northd.pid --detach \
		--log-file=/run/ovn/northd.log >/dev/null 2>&1
}
ovn_kill_central() {
	# shellcheck disable=SC2016 # the inner shell expands it
	on 8 sh -c 'kill -9 $(cat /run/ovn/nb.pid /run/ovn/sb.pid /run/ovn/northd.pid)'
}

ovn_switch() { # ovn_switch HOST: creates the database of Open vSwitch, and starts its daemons
	on "$1" mkdir -p /run/openvswitch /run/ovn
	on "$1" ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
	on "$1" ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock \
		--pidfile --detach --log-file=/run/openvswitch/ovsdb.log >/dev/null 2>&1
	vsctl "$1" --no-wait init
	vsctl "$1" --no-wait set Open_vSwitch . \
		"external_ids:system-id=h$1" "external_ids:hostname=h$1"
	ovn_vswitchd "$1"
}
ovn_vswitchd() {
	on "$1" ovs-vswitchd unix:/run/openvswitch/db.sock --disable-system --pidfile --detach \
		--log-file=/run/openvswitch/vswitchd.log >/dev/null 2>&1
}
ovn_controller() {
	on "$1" "$ovn_root/usr/bin/ovn-controller" unix:/run/openvswitch/db.sock --pidfile --detach \
		--log-file=/run/ovn/controller.log >/dev/null 2>&1
}

vsctl() { # vsctl HOST WORD…
	ovn_on=$1
	shift
	on "$ovn_on" ovs-vsctl --timeout=20 "$@"
}
nbctl() { on 8 "$ovn_root/usr/bin/ovn-nbctl" --timeout=20 --db=unix:/run/ovn/ovnnb_db.sock "$@"; }

# external HOST PORT KEY: an external ID of a port
external() { vsctl "$1" --if-exists get Interface "$2" "external_ids:$3" | tr -d '"'; }
# Whether OVN has bound the port and installed its flows.
installed() { [ "$(external "$1" "$2" ovn-installed)" = true ]; }
now() { date +%s%3N; } # in milliseconds
# bound HOST PORT [SINCE]: waits until OVN has bound the port, and says how long that took.
bound() {
	for _ in $(seq 600); do
		if installed "$1" "$2"; then
			[ -z "${3:-}" ] || echo "OVN bound the port after $(($(now) - $3)) ms"
			return 0
		fi
		sleep 0.02
	done
	return 1
}
# logical_port NAME MAC [OPTIONS]: what the administrator of OVN runs for a port, with the DHCP
# options of a dhcp_options row.
logical_port() {
	nbctl lsp-add lxc "$1" -- lsp-set-addresses "$1" "$2 dynamic" -- \
		lsp-set-port-security "$1" "$2"
	[ -z "${3:-}" ] || nbctl lsp-set-dhcpv4-options "$1" "$3"
}

# create_named NAME NAMESPACE: bob's container with any name, on host 1
create_named() { at 1 lab_real_nic "$2" bob br-int "$1"; }
# encoded NAME: the name in a logical port, computed independently of Berth
encoded() {
	python3 -c 'import os, sys, urllib.parse
print(urllib.parse.quote(os.fsencode(sys.argv[1]), safe="").replace("~", "%7E"))' "$1"
}
