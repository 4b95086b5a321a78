# berth-net with its sysvinit script, which supervises nothing.
# init files: sysvinit

before_boot() {
	update-rc.d lxc-net disable
	update-rc.d berth-net defaults
	update-rc.d lxc enable
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

after_boot() {
	local script=/etc/init.d/berth-net dnsmasq address
	expect "the network is up" $script status
	expect "dnsmasq runs" kill -0 "$(dnsmasq_process)"
	expect "insserv has put it before LXC" holds '[ /etc/rc2.d/S??berth-net \< /etc/rc2.d/S??lxc ]'
	expect "and its end behind that of LXC" holds '[ /etc/rc0.d/K??berth-net \> /etc/rc0.d/K??lxc ]'
	expect "insserv has nothing to say" \
		holds '! insserv -n -v 2>&1 | grep -i "warning\|error\|loop"'

	outside
	probe
	dnsmasq=$(dnsmasq_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "reload" $script reload
	expect "the forward is there" holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "start, again" $script start
	expect "force-reload" service berth-net force-reload
	equal "dnsmasq is the same" "$(dnsmasq_process)" "$dnsmasq"
	expect "restart" invoke-rc.d berth-net restart
	refute "dnsmasq is another" holds '[ "$(dnsmasq_process)" = '"$dnsmasq"' ]'
	nothing_lost "by reload, start, force-reload and restart"
	end_probe

	expect "alice makes a container" new_container alice web
	address=$(start_container alice web)
	expect "which has an address by DHCP" grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "and a NIC from berth-nic" grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	expect "and reaches the host outside" \
		as alice lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	expect "it is stopped" as alice lxc-stop -k -n web
	expect "its NIC is gone" eventually holds '! ip -o link show master lxcbr0 | grep -q .'

	expect "stop" $script stop
	refute "nothing is left" ip link show lxcbr0
	$script status >/run/said 2>&1
	equal "which status says" "$?" 3
	expect "stop, again" $script stop
	$script nonsense 2>/run/usage
	equal "another word is refused" "$?" 2
	expect "with those there are" grep -q 'start|stop' /run/usage
	echo 'LXC_NETWORK=nonsense' >>/etc/default/lxc-net
	refute "bad settings are refused" $script start
}
