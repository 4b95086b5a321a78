# The version before 1.0.0 is upgraded while networks and containers are in use: the new version
# takes over its record, its firewall, its dnsmasq and its rows in /run/lxc/nics, and no packet is
# lost. The defaults of new settings are as CHANGELOG.md says.
# suite: bookworm
# init files: package
# upgrades from: the version before 1.0.0

# shellcheck source=Tests/MachineTests/guest/package.sh
. /source/Tests/MachineTests/guest/package.sh
# shellcheck source=Tests/MachineTests/guest/network.sh
. /source/Tests/MachineTests/guest/network.sh

play() {
	local name nics process lease hardware served
	outside_host
	echo '127.0.0.1 localhost' >/etc/hosts
	expect "the earlier version can be installed" apt-get -q -y install /machine/earlier.deb
	add_alice
	printf '%s\n' 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' 'LXC_DHCP_HOSTS="web,10.0.3.9"' \
		>>/etc/default/lxc-net
	mkdir -p /etc/lxc/net.d
	printf '%s\n' LXC_BRIDGE=br7 LXC_ADDR=10.7.7.1 >/etc/lxc/net.d/seven.conf
	echo 'alice veth br7 1 isolated macfilter' >>/etc/lxc/lxc-usernet
	cgroups
	expect "the networks of the earlier version start" berth-net start
	expect "the record has format version 1" holds \
		'[ -s /run/lxc/berth-net.json ] && grep -q "\"isWhole\"" /run/lxc/berth-net.json'
	for name in web db more; do
		expect "alice creates the container $name" new_container alice $name
		named $name
	done
	sed -i 's/lxcbr0/br7/' /home/alice/.local/share/lxc/db/config
	as alice sh -c 'mkdir -p .config/lxc && cp /run/web.conf .config/lxc/default.conf'
	equal "web gets the address that is reserved for its host name" \
		"$(in_cgroup web)" 10.0.3.9
	expect "db starts on the other network" in_cgroup db
	expect "web reaches the outside host" eventually reaches_outside
	refute "the earlier version does not derive hardware addresses" \
		grep -q '^b2:bf' <<<"$(hardware_of web)"
	equal "the earlier version resolves the name" "$(resolved web)" 10.0.3.9

	process=$(container_process)
	nics=$(sort /run/lxc/nics)
	lease=$(grep ' 10.0.3.9 ' /var/lib/misc/dnsmasq.lxcbr0.leases | cut -d ' ' -f 2-4)
	hardware=$(hardware_of web)
	served=$(address alice db)
	ip netns attach probe "$(init_of web)"
	begin_probe
	expect "the new version can be installed" apt-get -q -y install /machine/berth.deb
	refute "the new version has changes to make" berth-net plan
	expect "the new version reads the networks of the earlier version" holds \
		'berth-net status | grep -q "^br7: "'
	sound "before the networks are reloaded"
	berth-net plan >/run/plan 2>/dev/null
	equal "reload makes the changes that plan listed" \
		"$(berth-net reload 2>/dev/null)" "$(cat /run/plan)"
	nothing_lost "by the upgrade and the reload"
	equal "nothing remains to be changed" "$(berth-net plan 2>/dev/null)" ''
	expect "the networks are up" berth-net status
	expect "the record has format version 2" grep -q '"version":2' /run/lxc/berth-net.json

	equal "the container keeps running" "$(container_process)" "$process"
	equal "the containers keep their NICs" "$(sort /run/lxc/nics)" "$nics"
	equal "web keeps its hardware address" "$(hardware_of web)" "$hardware"
	equal "web keeps its lease" \
		"$(grep ' 10.0.3.9 ' /var/lib/misc/dnsmasq.lxcbr0.leases | cut -d ' ' -f 2-4)" "$lease"
	equal "web keeps its name" "$(resolved web)" 10.0.3.9
	expect "web can renew its lease" renews web 10.0.3.9
	expect "db can renew its lease" renews db "$served"
	expect "db stays isolated" grep -q 'isolated on' <<<"$(port db)"
	expect "db keeps its MAC filter" grep -q 'locked on' <<<"$(port db)"
	expect "packets to the forwarded port arrive" forwarded
	sound "after the upgrade"
	equal "berth status shows the NICs of the earlier version" 2 \
		"$(berth status | grep -cE ' (web|db) ')"
	defaults

	end_probe
	quota
	expect "web stops" as alice lxc-stop -k -n web
	expect "web starts" in_cgroup web
	expect "check warns that the reservation by host name does not apply to web" holds \
		'berth-net check 2>&1 | grep "LXC_DHCP_HOSTS" | grep -q "alice/web"'
	expect "its name is published" berth-net reload
	expect "web has a derived hardware address" grep -q '^b2:bf' <<<"$(hardware_of web)"
	equal "web has the name of its owner" "$(resolved web.alice.lxc)" "$(address alice web)"
	expect "web reaches the outside host" eventually reaches_outside
	sound "with a container of the new version"

	as alice lxc-stop -k -n web
	as alice lxc-stop -k -n db
	expect "no NIC remains" eventually no_nics
	expect "no NIC remains on br7" eventually holds "! ip -o link show master br7 | grep -q ."
	expect "the networks stop" berth-net stop
	equal "no table remains" "$(nft list tables)" ''
	refute "the first bridge is removed" ip link show lxcbr0
	refute "the second bridge is removed" ip link show br7
	expect "the package can be purged" apt-get -q -y purge berth
	equal "only LXC's helper is setuid" "$(setuid_programs)" /usr/libexec/lxc/lxc-user-nic
}

# What "Changes for existing hosts" says of hosts that change no setting.
# shellcheck disable=SC2016 # holds evaluates it
defaults() {
	local arguments
	arguments=$(tr '\0' '\n' <"/proc/$(dnsmasq_process)/cmdline")
	expect "dnsmasq ignores client identifiers" grep -qx -- --dhcp-ignore-clid <<<"$arguments"
	expect "LXC_DOMAIN is lxc" holds 'grep -A 1 -x -- -s <<<"$arguments" | grep -qx lxc'
	expect "LXC_DNS_NAMES is managed" holds 'berth-net status | grep -q "names: managed"'
	expect "LXC_RPFILTER is true" holds \
		'nft list chain inet berth_lxcbr0 sources | grep -q "fib saddr"'
	expect "single ports are forwarded in a map" nft list chain inet berth_lxcbr0 port_forwards
	equal "no other table exists" \
		"$(nft list tables | sort)" $'table inet berth_br7\ntable inet berth_lxcbr0'
	expect "the key of hardware addresses exists" test -s /etc/lxc/berth.key
}
# The NICs that the earlier version created count.
quota() {
	expect "more starts" in_cgroup more
	as alice lxc-stop -k -n more
	sed -i 's/ 2$/ 1/' /etc/lxc/lxc-usernet
	explained "a NIC beyond the quota" nic-quota more
	sed -i 's/ 1$/ 2/' /etc/lxc/lxc-usernet
}

# named NAME: the container sends its name to DHCP. Writing in place keeps the owner.
named() {
	local script=/home/alice/.local/share/lxc/$1/rootfs/etc/init.d/rcS text
	text=$(sed "s|^/bin/udhcpc\$|& -x hostname:$1|" "$script")
	echo "$text" >"$script"
}
# in_cgroup NAME: starts the container, and prints its address.
in_cgroup() {
	local run=()
	[ -z "$limit" ] || run=(berth-run)
	as alice "${run[@]}" lxc-start -n "$1" -l info -o "/home/alice/$1.log" \
		|| { cat "/home/alice/$1.log"; return 1; }
	has_address alice "$1" && address alice "$1"
}
hardware_of() {
	nsenter -n -t "$(init_of "$1")" ip -o link show eth0 | sed 's/.*ether \([^ ]*\).*/\1/'
}
resolved() { busybox nslookup "$1" 10.0.3.1 2>/dev/null | sed -n 's/^Address.*: //p' | tail -n 1; }
renews() {
	as alice lxc-attach -n "$1" -- busybox udhcpc -i eth0 -n -q -t 10 -T 1 -x "hostname:$1" 2>&1 \
		| grep -q "lease of $2 obtained"
}
# port NAME: prints the attributes of the container's bridge port.
port() {
	bridge -d link show dev "$(as alice lxc-info -n "$1" -H -S | sed -n 's/^Link: *//p')"
}
# forwarded: from the outside host to a port of web.
forwarded() {
	local echo=/source/Tests/NetworkHostTests/echo.py server status=0
	nsenter -n -t "$(container_process)" python3 $echo serve tcp 80 >/dev/null &
	server=$!
	eventually nsenter -n -t "$(container_process)" python3 $echo ask tcp 10.0.3.9 80
	ip netns exec outside python3 $echo ask tcp 192.0.2.1 8080 || status=1
	kill $server
	return $status
}
