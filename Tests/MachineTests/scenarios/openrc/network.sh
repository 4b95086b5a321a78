# berth-net as an OpenRC service, from boot to stop, and a user's container on it.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add lxc default
	# This service replaces all rules, as firewall services do.
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
	expect "the service berth-net is started" rc-service berth-net status
	expect "berth-net status reports the network as up" berth-net status
	expect "the bridge has its address" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	expect "the firewall table exists" nft list table inet berth_lxcbr0
	expect "dnsmasq is running" kill -0 "$(dnsmasq_process)"
	expect "berth-net is supervised" service_process
	expect "nftables starts before berth-net" earlier nftables berth-net
	expect "the service lxc starts after berth-net" earlier berth-net lxc
	expect "berth-net would start after lxc-net" follows berth-net lxc-net

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	process=$(service_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded" rc-service berth-net reload
	expect "reload adds the port forward" \
		holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "berth-net can be restarted" rc-service berth-net restart
	expect "restart replaces the supervised process" replaced "$process"
	nothing_lost "during reload and restart"
	equal "reload and restart keep dnsmasq" "$(dnsmasq_process)" "$dnsmasq"

	process=$(service_process)
	kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" eventually replaced "$process"
	sleep 1
	expect "the network is up after SIGKILL" berth-net status
	equal "the restarted berth-net keeps dnsmasq" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "during the restart after SIGKILL"
	kill -KILL "$dnsmasq"
	expect "berth-net restarts dnsmasq after SIGKILL" \
		eventually holds 'kill -0 "$(dnsmasq_process)"'

	expect "alice creates a container" new_container alice web
	address=$(start_container alice web)
	expect "dnsmasq has a lease for the container" \
		grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "the container reaches the outside host" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "berth-net can be restarted while a container is running" rc-service berth-net restart
	nothing_lost "during the restart while a container is running"
	end_probe
	expect "the container reaches the outside host after the restart" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2

	expect "berth-net can be stopped" rc-service berth-net stop
	expect "stop keeps a bridge that has ports" ip link show lxcbr0
	refute "stop removes the firewall table" nft list table inet berth_lxcbr0
	refute "stop ends dnsmasq" pidof dnsmasq
	refute "stop ends the supervisor" pgrep supervise-daemon
	expect "berth-net can be started" rc-service berth-net start
	expect "the container reaches the outside host after the start" \
		eventually as alice lxc-attach -n web -- /bin/ping -c 1 -W 1 192.0.2.2
	expect "the container can be stopped" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "berth-net can be stopped" rc-service berth-net stop
	refute "stop removes a bridge without ports" ip link show lxcbr0

	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "the service does not start with invalid settings" rc-service berth-net start
	refute "the supervisor does not retry invalid settings" pgrep supervise-daemon
}
