# berth-net as an OpenRC service, from boot to stop, and a user's container on it.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add lxc default
	# It replaces all rules, as firewall services do.
	cat >/etc/init.d/nftables <<-'END'
		#!/sbin/openrc-run
		start() { nft flush ruleset; }
	END
	chmod 755 /etc/init.d/nftables
	rc-update -q add nftables default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

# when SERVICE: prints its start time in nanoseconds.
when() { date -d "$(stat -c %y "/run/openrc/started/$1")" +%s%N; }
earlier() { [ "$(when "$1")" -lt "$(when "$2")" ]; }
# follows SERVICE OTHER: whether OpenRC starts it after the other.
follows() {
	local number
	number=$(sed -n "s/^depinfo_\([0-9]*\)_service='$1'/\1/p" /run/openrc/deptree)
	grep -q "^depinfo_${number}_iafter_[0-9]*='$2'" /run/openrc/deptree
}
# Prints the supervised process, which may have been restarted.
service_process() { pgrep -P "$(pgrep -f '^supervise-daemon berth-net')" -x berth-net; }
replaced() { [ -n "$(service_process)" ] && [ "$(service_process)" != "$1" ]; }

after_boot() {
	local dnsmasq process address
	expect "it is started" rc-service berth-net status
	expect "the network is up" berth-net status
	expect "the bridge has its address" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	expect "and NAT" nft list table inet berth_lxcbr0
	expect "dnsmasq runs" kill -0 "$(dnsmasq_process)"
	expect "it is supervised" service_process
	expect "the firewall's service is before it" earlier nftables berth-net
	expect "LXC's own is behind it" earlier berth-net lxc
	expect "LXC's network, were it on, would be before it" follows berth-net lxc-net

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	process=$(service_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "reload" rc-service berth-net reload
	expect "the forward is there" holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "restart" rc-service berth-net restart
	expect "another process is supervised" replaced "$process"
	nothing_lost "by reload and restart"
	equal "dnsmasq is the same" "$(dnsmasq_process)" "$dnsmasq"

	process=$(service_process)
	kill -KILL "$process"
	expect "when it is killed, it comes back" eventually replaced "$process"
	sleep 1
	expect "with the network up" berth-net status
	equal "there is one dnsmasq, the same" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "by its end"
	kill -KILL "$dnsmasq"
	expect "dnsmasq comes back as well" eventually holds 'kill -0 "$(dnsmasq_process)"'

	expect "alice makes a container" new_container alice web
	address=$(start_container alice web)
	expect "which has an address by DHCP" grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "and a NIC from berth-nic" grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "and reaches the host outside" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "restart with it" rc-service berth-net restart
	nothing_lost "by that"
	end_probe
	expect "and it still reaches it" as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2

	expect "stop" rc-service berth-net stop
	expect "the bridge stays under a container" ip link show lxcbr0
	refute "without rules" nft list table inet berth_lxcbr0
	refute "without dnsmasq" pidof dnsmasq
	refute "and without supervision" pgrep supervise-daemon
	expect "start" rc-service berth-net start
	expect "and the container is back" \
		eventually as alice lxc-attach -n web -- /bin/ping -c 1 -W 1 192.0.2.2
	expect "it is stopped" as alice lxc-stop -k -n web
	expect "its NIC is gone" eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "stop" rc-service berth-net stop
	refute "now nothing is left" ip link show lxcbr0

	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "bad settings are refused" rc-service berth-net start
	refute "and nobody tries them again and again" pgrep supervise-daemon
}
