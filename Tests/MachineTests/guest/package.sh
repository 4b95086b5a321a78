#!/bin/bash
# Functions for scenarios of three boots: Berth's package on a host where LXC's network is enabled,
# with any init. It is installed at the first boot, used, upgraded and removed at the second, and
# gone at the third. The scenario defines failed_services.
# shellcheck disable=SC2016 # for eventually to look again

running() { as alice lxc-info -n web -s -H | grep -q RUNNING; }
container_process() { as alice lxc-info -n web -p -H; }
reaches_outside() { nsenter -n -t "$(container_process)" ping -q -c 2 -W 5 192.0.2.2; }
setuid_programs() {
	find /usr/libexec/lxc /usr/libexec/berth /usr/bin/berth* -perm -4000 2>/dev/null | sort
}

# Prints everything that the package could leave changed: LXC's files, and the services enabled at
# boot. insserv renumbers scripts, so numbers are omitted.
stock_state() {
	ls -l /usr/libexec/lxc
	dpkg --verify lxc liblxc-common
	dpkg-divert --list
	dpkg-statoverride --list
	find /etc/rc?.d /etc/runlevels /etc/systemd ! -name '*berth*' -printf '%p %l\n' 2>/dev/null \
		| sed 's|/\([SK]\)[0-9][0-9]|/\1|' | sort
}
unchanged() { stock_state | diff /root/stock -; }
stock_works() {
	expect "$1: LXC's network is up" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	equal "$1: by its own rules" "$(nft list tables)" $'table inet lxc\ntable ip lxc'
	equal "$1: LXC's helper is setuid" "$(setuid_programs)" /usr/libexec/lxc/lxc-user-nic
	expect "$1: all is as it was" unchanged
}
berth_works() {
	expect "$1: berth-net has the network" berth-net status
	equal "$1: as it should be" "$(berth-net plan)" ""
	equal "$1: by its rules alone" "$(nft list tables)" "table inet berth_lxcbr0"
	equal "$1: these are setuid" \
		"$(setuid_programs)" $'/usr/bin/berth-run\n/usr/libexec/berth/berth-nic'
	equal "$1: no service has failed" "$(failed_services)" ""
}

package_comes() {
	local script=/home/alice/.local/share/lxc/web/rootfs/etc/init.d/rcS text
	stock_state >/root/stock
	stock_works before
	mkdir -p /var/cache/apt/archives/partial
	outside
	probe
	expect "the package is installed" apt-get -q -y install /machine/berth.deb
	nothing_lost "by its installation"
	end_probe
	berth_works installed
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	expect "alice makes a container" new_container alice web
	as alice sh -c 'mkdir -p .config/lxc && cp /run/web.conf .config/lxc/default.conf'
	# busybox udhcpc sends a host name only on request. Writing in place keeps the owner.
	text=$(sed 's|^/bin/udhcpc$|& -x hostname:web|' $script)
	echo "$text" >$script
	printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
		>>/home/alice/.local/share/lxc/web/config
}

# package_works PATTERN: PATTERN is for the container's cgroup.
package_works() {
	local place address process
	equal "nobody is logged in" "$(who)" ""
	berth_works booted
	expect "alice's container runs" eventually running
	expect "with an address" eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	address=$(as alice lxc-info -n web -i -H | grep -v :)
	expect "by DHCP" grep -q " $address web " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "with a name" holds "busybox nslookup web 10.0.3.1 | grep -q 'Address.*$address\$'"
	expect "with a NIC from berth-nic" grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	process=$(container_process)
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	expect "in a cgroup of hers" grep -qE "^$1\$" <<<"$place"
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	outside
	expect "nothing is wrong for alice" berth doctor alice
	expect "it reaches the host outside" \
		session su alice 'berth-run lxc-attach -n web -- ping -c 2 -W 5 192.0.2.2'

	probe
	expect "the next version comes" apt-get -q -y install /machine/next.deb
	expect "which it is" holds 'dpkg-query -W berth | grep -q 9999'
	nothing_lost "by the upgrade"
	end_probe
	equal "the container runs on" "$(container_process)" "$process"
	berth_works upgraded

	expect "the package is removed" apt-get -q -y remove berth
	equal "the container still runs" "$(container_process)" "$process"
	stock_works removed
	expect "it reaches the host outside by LXC's network" eventually reaches_outside
}

package_is_gone() {
	stock_works "removed and booted"
	equal "no service has failed" "$(failed_services)" ""
	expect "alice's container starts as ever" start_container alice web
	expect "by LXC's helper" grep -q '^alice veth lxcbr0 ' /run/lxc/nics
	outside
	expect "and reaches the host outside" eventually reaches_outside
	expect "the package is purged" apt-get -q -y purge berth
	stock_works purged
	# Units that alice enabled stay in the home directory.
	equal "nothing is left of it" \
		"$(find / -xdev \( -path /machine -o -path /var/log -o -path /root -o -path /home \) \
		-prune -o -name '*berth*' -print)" ""
}
