# berth status of two networks and three containers of two users, with limits: root sees everything,
# users see their own resources.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	mkdir -p /etc/lxc/net.d
	printf '%s\n' 'LXC_BRIDGE="dmz0"' 'LXC_NETWORK="10.0.9.0/24"' 'LXC_ADDR="10.0.9.1"' \
		'LXC_DHCP_RANGE="10.0.9.2,10.0.9.254"' 'LXC_IPV6_ENABLE="false"' >/etc/lxc/net.d/dmz.conf
	printf '%s\n' 'alice veth lxcbr0 10' 'alice veth dmz0 1' 'bob veth dmz0 2' >/etc/lxc/lxc-usernet
	printf '%s\n' 'alice cpu,io,memory,pids memory.max=600M pids.max=200' \
		'bob memory,pids,cpu pids.max=100' >/etc/lxc/lxc-usercgroup
}

# json_has FRAGMENT...: whether the last JSON contains each fragment.
json_has() {
	local fragment
	tr -d ' \n' </run/told >/run/told.line
	for fragment; do grep -qF -e "$fragment" /run/told.line || { cat /run/told; return 1; }; done
}
# count FRAGMENT: how often the last JSON contains it.
count() {
	tr -d ' \n' </run/told | grep -oF -e "$1" | wc -l
}

after_boot() {
	local name
	new_container alice web
	new_container alice db
	new_container bob mail
	sed -i 's/lxcbr0/dmz0/' /home/bob/.local/share/lxc/mail/config
	printf '%s\n' 'lxc.net.1.type = veth' 'lxc.net.1.link = dmz0' 'lxc.net.1.flags = up' \
		>>/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	echo 'lxc.cgroup2.cpu.max = 50000 100000' >>/home/bob/.local/share/lxc/mail/config
	as alice berth-run lxc-start -n web
	as alice berth-run lxc-start -n db
	as bob berth-run lxc-start -n mail
	expect "all containers have addresses" eventually holds \
		'[ "$(berth leases --json | grep -c "\"address\" :")" -ge 3 ]'
	as alice berth-run sleep 600 &
	expect "a command of alice is running" eventually holds 'berth-cgroup status | grep -q "sleep"'

	berth status --json >/run/told
	equal "two networks are up, with their firewall rules" \
		"$(count '"state":"up"') $(count '"state":"as-configured"')" "2 2"
	equal "root sees the NICs of alice and bob" \
		"$(count '"owner":"alice","processID"') $(count '"owner":"bob","processID"')" "3 1"
	expect "quotas are listed with their usage" \
		json_has '"lines":[{"count":10,"line":1,"options":[]}],"owner":"alice","used":2}' \
		'"lines":[{"count":1,"line":2,"options":[]}],"owner":"alice","used":1}' \
		'"lines":[{"count":2,"line":3,"options":[]}],"owner":"bob","used":1}'
	expect "the limits of a user are listed" \
		json_has '"memory.max":"629145600"' '"pids.max":"200"' '"tasksMax":100'
	expect "a container's memory limit is listed" json_has '"memoryMaxBytes":41943040'
	expect "a container's CPU limit is listed" json_has '"cpuMaxMicrosecondsPerSecond":500000'
	equal "the usage of every cgroup is known" \
		"$(count '"memoryBytes":null') $(count '"tasks":null')" "0 0"
	expect "nothing is hidden from root" json_has '"hidden":[]'

	as bob berth status --json >/run/told
	equal "bob sees only bob's NIC" \
		"$(count '"container":"mail"') $(count '"hostName":"veth')" "2 1"
	expect "bob sees bob's cgroup" json_has '"uid":1001,"use"' '"name":"mail","use"'
	expect "bob sees that other resources are hidden" \
		json_has '{"part":"nics","reason":"3NICsofotherusers,notvisibletoyou"}' \
		'{"part":"cgroups","reason":"cgroupsof1otheruser,notvisibletoyou"}'
	refute "bob sees no resource of alice" grep -q -e alice -e web -e veth1000_ /run/told
	expect "bob sees the usage of bob's quota" \
		json_has '"quotas":[{"allowed":2,"bridge":"dmz0",' '"owner":"bob","used":1}],'
	expect "the user nobody sees no resource of users" \
		holds 'setpriv --reuid nobody --regid nogroup --clear-groups berth status >/run/seen \
			&& [ -s /run/seen ] && ! grep -q -e alice -e bob /run/seen'

	for name in root alice bob; do
		printf '\n$ berth status    # as %s\n' $name
		if [ $name = root ]; then LANG=C.UTF-8 berth status; else as $name berth status; fi \
			>/run/status
		cat /run/status
		expect "$name: no line is wider than 80 columns" \
			holds '! LC_ALL=C.UTF-8 grep -qE "^.{81}" /run/status'
	done >/run/shown
	cat /run/shown
	kill %%
	for name in web db; do as alice lxc-stop -k -n $name; done
	as bob lxc-stop -k -n mail
}
