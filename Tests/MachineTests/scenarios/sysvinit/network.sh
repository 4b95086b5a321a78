# berth-net with its sysvinit script, which runs `berth-net run` with start-stop-daemon.
# init files: sysvinit

before_boot() {
	update-rc.d lxc-net disable
	update-rc.d berth-net defaults
	update-rc.d lxc enable
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

run_process() { cat /run/berth-net.run.pid; }
runs() { kill -0 "$(run_process)" && [ "$(run_process)" != "${1:-}" ]; }
attached() { ip link show "$1" | grep -q 'master lxcbr0'; }

after_boot() {
	local script=/etc/init.d/berth-net dnsmasq address running nic
	expect "the status of the service is success" $script status
	expect "dnsmasq is running" kill -0 "$(dnsmasq_process)"
	expect "berth-net run is running" eventually runs
	running=$(run_process)
	expect "the service can be started while it is running" $script start
	equal "starting the running service keeps the process" "$(run_process)" "$running"
	kill -KILL "$running"
	expect "berth-net run is started again after SIGKILL" eventually runs "$running"
	expect "berth-net starts before lxc" holds '[ /etc/rc2.d/S??berth-net \< /etc/rc2.d/S??lxc ]'
	expect "berth-net stops after lxc" holds '[ /etc/rc0.d/K??berth-net \> /etc/rc0.d/K??lxc ]'
	expect "insserv reports no error" \
		holds '! insserv -n -v 2>&1 | grep -i "warning\|error\|loop"'

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "berth-net can be reloaded" $script reload
	expect "reload adds the port forward" \
		holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "the service can be started after the reload" $script start
	expect "force-reload succeeds" service berth-net force-reload
	equal "reloads keep dnsmasq" "$(dnsmasq_process)" "$dnsmasq"
	expect "berth-net can be restarted" invoke-rc.d berth-net restart
	expect "restart replaces berth-net run" eventually runs "$running"
	equal "one berth-net run is running" "$(pgrep -fc 'berth-net run$')" 1
	refute "restart replaces dnsmasq" holds '[ "$(dnsmasq_process)" = '"$dnsmasq"' ]'
	nothing_lost "during reload, start, force-reload and restart"
	end_probe

	expect "alice creates a container" new_container alice web
	address=$(start_container alice web)
	expect "dnsmasq has a lease for the container" \
		grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "the container reaches the outside host" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	nic=$(sed -n 's/^alice veth lxcbr0 //p' /run/lxc/nics)
	ip link set "$nic" nomaster
	expect "a NIC that is detached is attached again" eventually attached "$nic"
	expect "the container can be stopped" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '! ip -o link show master lxcbr0 | grep -q .'

	expect "berth-net can be stopped" $script stop
	refute "stop removes the bridge" ip link show lxcbr0
	refute "stop ends berth-net run" pgrep -f 'berth-net (run|keep-running)$'
	$script status >/run/said 2>&1
	equal "status exits with 3 after stop" "$?" 3
	expect "the stopped service can be stopped" $script stop
	$script nonsense 2>/run/usage
	equal "an unknown action is refused" "$?" 2
	expect "the message lists the actions" grep -q 'start|stop' /run/usage
	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "the service does not start with invalid settings" $script start
}
