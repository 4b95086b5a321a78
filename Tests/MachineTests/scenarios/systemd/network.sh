# berth-net as a sandboxed systemd service, from boot to stop, and a user's container on it.
# init files: systemd

before_boot() {
	# These commands only edit links, and need no running systemd. LXC's service depends on lxc-net,
	# even if lxc-net is disabled.
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
	expect "berth-net.service is active" systemctl -q is-active berth-net.service
	expect "when berth-net.service became active, the network was up" \
		grep -q '^lxcbr0: up' /run/wanted
	expect "the bridge has its address" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	expect "the firewall table exists, although nftables.service replaces all rules" \
		nft list table inet berth_lxcbr0
	expect "IPv4 forwarding is enabled" grep -q 1 /proc/sys/net/ipv4/ip_forward
	expect "dnsmasq runs in the cgroup of the service" \
		grep -q /berth-net.service "/proc/$(dnsmasq_process)/cgroup"
	expect "lxc.service starts after berth-net.service" \
		[ "$(began berth-net.service)" -lt \
		"$(systemctl show -P ExecMainStartTimestampMonotonic lxc.service)" ]
	refute "lxc-net.service is not active" systemctl -q is-active lxc-net.service
	expect "no unit has failed" holds '[ -z "$(systemctl --failed --quiet --no-legend)" ]'
	systemd-analyze security --no-pager berth-net.service | sed -n 's/.*Overall/security: overall/p'

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	process=$(service_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded" systemctl reload berth-net.service
	expect "reload adds the port forward" \
		holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	equal "reload keeps the process" "$(service_process)" "$process"
	expect "berth-net can be restarted" systemctl restart berth-net.service
	expect "restart replaces the process" replaced "$process"
	equal "reload and restart keep dnsmasq" "$(dnsmasq_process)" "$dnsmasq"
	nothing_lost "during reload and restart"

	process=$(service_process)
	kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" eventually replaced "$process"
	expect "the network is up after SIGKILL" berth-net status
	equal "the restarted berth-net keeps dnsmasq" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "during the restart after SIGKILL"
	kill -KILL "$dnsmasq"
	expect "berth-net restarts dnsmasq after SIGKILL" \
		eventually holds 'kill -0 "$(dnsmasq_process)"'
	ip link delete lxcbr0
	expect "berth-net creates a deleted bridge again" eventually berth-net status
	end_probe

	equal "a login of alice starts alice's user manager" \
		"$(session login alice 'systemctl --user is-active default.target')" active
	expect "alice creates a container" new_container alice web
	address=$(start_container alice web)
	expect "dnsmasq has a lease for the container" \
		grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "the container reaches the outside host" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "berth-net can be stopped while a container is running" systemctl stop berth-net.service
	expect "the container reaches the outside host after the stop" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "berth-net can be started" systemctl start berth-net.service
	expect "the container can be stopped" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "berth-net can be stopped" systemctl stop berth-net.service
	refute "stop removes a bridge without ports" ip link show lxcbr0

	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "the service does not start with invalid settings" systemctl start berth-net.service
	expect "the journal names the invalid setting" \
		holds 'journalctl -u berth-net.service | grep -q LXC_NETWORK'
	expect "the sandbox has denied berth-net no system call" \
		holds '! journalctl | grep -i "berth-net.*SIGSYS\|Operation not permitted"'
}
