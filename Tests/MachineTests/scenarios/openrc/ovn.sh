# OVN on the kernel's datapath of Open vSwitch, with one chassis and OVN's databases on the machine:
# berth-nic names the logical ports, under its AppArmor profile, and OVN binds them. Unpack the
# packages openvswitch-common, openvswitch-switch, ovn-common, ovn-central and ovn-host of Debian
# 12, and the libraries that they need.
# init files: openrc
# needs: ovs-vsctl ovsdb-server ovn-controller ovn-northd

before_boot() {
	rc-update -q delete lxc-net default
	printf '%s veth br-int 9\n' alice bob >/etc/lxc/lxc-usernet
}

# daemons: Open vSwitch and OVN.
daemons() {
	mkdir -p /run/openvswitch /run/ovn
	modprobe openvswitch && modprobe geneve || return 1
	ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
	ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock \
		--pidfile --detach
	ovs-vsctl --no-wait init
	ovs-vsctl --no-wait set Open_vSwitch . external_ids:system-id=h1 \
		external_ids:ovn-remote=unix:/run/ovn/ovnsb_db.sock external_ids:ovn-encap-type=geneve \
		external_ids:ovn-encap-ip=192.0.2.1
	/usr/lib/openvswitch-switch/ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --detach
	for base in nb sb; do
		ovsdb-tool create "/run/ovn/$base.db" "/usr/share/ovn/ovn-$base.ovsschema"
		ovsdb-server "/run/ovn/$base.db" "--remote=punix:/run/ovn/ovn${base}_db.sock" \
			"--unixctl=/run/ovn/$base.ctl" "--pidfile=/run/ovn/$base.pid" --detach
	done
	ovn-northd --ovnnb-db=unix:/run/ovn/ovnnb_db.sock --ovnsb-db=unix:/run/ovn/ovnsb_db.sock \
		--pidfile=/run/ovn/northd.pid --detach
	ip address add 192.0.2.1/32 dev lo
	ovs-vsctl --timeout=60 add-br br-int -- set bridge br-int fail-mode=secure
	ip link set br-int up
	ovn-controller unix:/run/openvswitch/db.sock --pidfile --detach
}

# guest USER NAME: starts a process in namespaces of the user, with a NIC on br-int, and sets
# $process and $nic.
guest() {
	local user=$1 name=$2 answer
	rm -f "/tmp/$name"
	as "$user" unshare -Urn sh -c 'echo $$ >"$0"; exec sleep infinity' "/tmp/$name" &
	eventually [ -s "/tmp/$name" ]
	process=$(cat "/tmp/$name")
	answer=$(as "$user" /usr/libexec/lxc/lxc-user-nic create /p "$name" "$process" veth br-int) \
		|| return 1
	nic=$(cut -d: -f3 <<<"$answer")
	nsenter -t "$process" -n ip link set lo up
	nsenter -t "$process" -n ip link set eth0 up
}
# inherits_lock: whether the ovs-vsctl that adds a port has inherited the lock of its NIC, which
# AppArmor could have replaced. While Open vSwitch's database does not answer, it runs.
inherits_lock() {
	local adder found=1 server
	server=$(cat /run/openvswitch/ovsdb-server.pid)
	guest bob held &
	for _ in $(seq 300); do
		kill -STOP "$server"
		adder=$(pgrep -f '^/usr/bin/ovs-vsctl .* add-port ') \
			&& find "/proc/$adder/fd" -lname /run/lxc/nics.lock | grep -q . && found=0
		kill -CONT "$server"
		[ $found = 1 ] || break
		sleep 0.002
	done
	wait $!
	kill "$(cat /tmp/held)"
	return $found
}
external() { ovs-vsctl --if-exists get Interface "$1" "external_ids:$2" | tr -d '"'; }
logical_port() {
	ovn-nbctl --timeout=60 lsp-add lxc "$1" -- lsp-set-addresses "$1" "$2 dynamic" -- \
		lsp-set-port-security "$1" "$2" -- lsp-set-dhcpv4-options "$1" "$options"
}
bound() { [ "$(external "$1" ovn-installed)" = true ]; }
problems() { berth status --json; }
# lease PROCESS: gets an address by DHCP, and prints it.
lease() {
	# /run is mounted noexec.
	cat >/tmp/lease.sh <<-'END'
		#!/bin/sh
		[ "$1" = bound ] || exit 0
		ip address add "$ip/$mask" dev "$interface"
		echo "$ip" >/run/lease
	END
	chmod +x /tmp/lease.sh
	nsenter -t "$1" -n busybox udhcpc -i eth0 -n -q -t 20 -s /tmp/lease.sh >/dev/null 2>&1 \
		&& cat /run/lease
}
reaches() { nsenter -t "$1" -n ping -q -c 10 -i 0.3 -W 3 "$2"; }

after_boot() {
	local a b one two first second name options alice bob
	alice=$(awk -F: '$1 == "alice" { print $3 }' /etc/passwd)
	bob=$(awk -F: '$1 == "bob" { print $3 }' /etc/passwd)
	expect "the daemons start" daemons
	equal "the bridge has the kernel's datapath" \
		"$(ip -d -j link show br-int | grep -o '"info_kind":"openvswitch"')" \
		'"info_kind":"openvswitch"'
	ovn-nbctl ls-add lxc -- set logical_switch lxc other_config:subnet=10.99.0.0/16 \
		other_config:exclude_ips=10.99.0.1
	options=$(ovn-nbctl create dhcp_options cidr=10.99.0.0/16 options:server_id=10.99.0.1 \
		options:server_mac=10:66:6a:00:00:00 options:lease_time=3600 options:router=10.99.0.1)

	expect "a container starts without a logical port" guest alice web
	a=$process one=$nic
	equal "the port has the name" "$(external "$one" iface-id)" "berth-$alice-web-0"
	equal "the port has the hardware address" "$(external "$one" attached-mac)" \
		"$(nsenter -t "$a" -n ip -o link show eth0 | grep -o 'ether [^ ]*' | cut -d' ' -f2)"
	expect "status says that the port is not bound" \
		holds "problems | grep -q 'OVN has not bound the logical port berth-$alice-web-0 to $one'"
	expect "doctor says so" \
		holds "berth doctor alice | tr -s '\n ' ' ' | grep -q 'lsp-add SWITCH berth-$alice-web-0 '"
	refute "doctor does not take the port for one of another bridge" \
		holds "berth doctor alice | tr -s '\n ' ' ' | grep -q 'attached to ovs-system'"
	logical_port "berth-$alice-web-0" "$(external "$one" attached-mac)"
	expect "OVN binds the port" eventually bound "$one"
	refute "status no longer says so" holds "problems | grep -q 'OVN has not bound'"

	# A user cannot take the logical port, whatever the name.
	for name in web web-0 "$alice-web" "web\",iface-id=\"berth-$alice-web-0"; do
		expect "bob's container $name starts" guest bob "${name//\//}"
		two=$nic
		expect "its logical port is bob's" holds "external $two iface-id | grep -q '^berth-$bob-'"
		kill "$process"
	done
	expect "alice's port is still bound" bound "$one"
	expect "ovs-vsctl inherits the lock under its profile" inherits_lock

	expect "another container starts" guest bob db
	b=$process two=$nic
	logical_port "berth-$bob-db-0" "$(external "$two" attached-mac)"
	expect "OVN binds its port" eventually bound "$two"
	first=$(lease "$a")
	second=$(lease "$b")
	equal "OVN gives addresses" "${first%.*.*} ${second%.*.*}" '10.99 10.99'
	expect "the containers reach each other" reaches "$a" "$second"

	# The real lxc-start.
	expect "a container is created" new_container alice box
	sed -i 's/link = lxcbr0/link = br-int/' /home/alice/.local/share/lxc/box/config
	expect "lxc-start starts it" as alice lxc-start -n box
	name="external_ids:iface-id=berth-$alice-box-0"
	nic=$(ovs-vsctl --bare --columns=name find Interface "$name")
	logical_port "berth-$alice-box-0" "$(external "$nic" attached-mac)"
	expect "OVN binds its port" eventually bound "$nic"
	expect "lxc-stop stops it" as alice lxc-stop -k -n box

	expect "delete removes a NIC" as alice /usr/libexec/lxc/lxc-user-nic delete /p web \
		"/proc/$a/ns/net" veth br-int "$one"
	equal "the port and its names are removed" "$(external "$one" iface-id)" ''
	kill "$a" "$b"
}
