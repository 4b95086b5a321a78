# berth-net as a sandboxed systemd service, from boot to stop, and a user's container on it.
# init files: systemd

before_boot() {
	# These only edit links and need no running systemd. LXC's service depends on lxc-net, enabled
	# or not.
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service lxc.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	# One service replaces all rules, as Debian's nftables.service does. Another depends on the
	# network, not just on the program.
	systemctl -q enable nftables.service
	cat >/etc/systemd/system/wants-it.service <<-'END'
		[Unit]
		After=berth-net.service
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c '/usr/sbin/berth-net status >/run/wanted'
		[Install]
		WantedBy=multi-user.target
	END
	systemctl -q enable wants-it.service
}

service_process() { systemctl show -P MainPID berth-net.service; }
replaced() {
	systemctl -q is-active berth-net.service && [ "$(service_process)" != "$1" ]
}
# began UNIT: prints its start time in microseconds.
began() { systemctl show -P ExecMainStartTimestampMonotonic "$1"; }

after_boot() {
	local dnsmasq process address
	expect "it is active" systemctl -q is-active berth-net.service
	expect "when it was, the network was up" grep -q '^lxcbr0: up' /run/wanted
	expect "the bridge has its address" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	expect "and NAT, in spite of the firewall's service" nft list table inet berth_lxcbr0
	expect "and forwarding" grep -q 1 /proc/sys/net/ipv4/ip_forward
	expect "dnsmasq runs, in the service" \
		grep -q /berth-net.service "/proc/$(dnsmasq_process)/cgroup"
	expect "LXC's own is behind it" \
		[ "$(began berth-net.service)" -lt \
		"$(systemctl show -P ExecMainStartTimestampMonotonic lxc.service)" ]
	refute "which has not started its own network" systemctl -q is-active lxc-net.service
	expect "nothing has failed" holds '[ -z "$(systemctl --failed --quiet --no-legend)" ]'
	systemd-analyze security --no-pager berth-net.service | sed -n 's/.*Overall/security: overall/p'

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	process=$(service_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "reload" systemctl reload berth-net.service
	expect "the forward is there" holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	equal "by the same process" "$(service_process)" "$process"
	expect "restart" systemctl restart berth-net.service
	expect "by another" replaced "$process"
	equal "dnsmasq is the same" "$(dnsmasq_process)" "$dnsmasq"
	nothing_lost "by reload and restart"

	process=$(service_process)
	kill -KILL "$process"
	expect "when it is killed, it comes back" eventually replaced "$process"
	expect "with the network up" berth-net status
	equal "there is one dnsmasq, the same" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "by its end"
	kill -KILL "$dnsmasq"
	expect "dnsmasq comes back as well" eventually holds 'kill -0 "$(dnsmasq_process)"'
	ip link delete lxcbr0
	expect "and the bridge" eventually berth-net status
	end_probe

	equal "alice, who logs in, has a manager of her own" \
		"$(session login alice 'systemctl --user is-active default.target')" active
	expect "she makes a container" new_container alice web
	address=$(start_container alice web)
	expect "which has an address by DHCP" grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "and a NIC from berth-nic" grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "and reaches the host outside" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "stop, with it" systemctl stop berth-net.service
	expect "and it still reaches it" as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "start" systemctl start berth-net.service
	expect "it is stopped" as alice lxc-stop -k -n web
	expect "its NIC is gone" eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "stop" systemctl stop berth-net.service
	refute "now nothing is left" ip link show lxcbr0

	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "bad settings are refused" systemctl start berth-net.service
	expect "and told" holds 'journalctl -u berth-net.service | grep -q LXC_NETWORK'
	expect "the sandbox has stopped nothing" \
		holds '! journalctl | grep -i "berth-net.*SIGSYS\|Operation not permitted"'
}
