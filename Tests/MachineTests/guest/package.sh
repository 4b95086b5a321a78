#!/bin/bash
# Functions for scenarios of three boots: Berth's package on a host where LXC's network is enabled,
# with any init system. The first boot installs the package. The second uses, upgrades and removes
# it. The third checks that it is removed. The scenario defines failed_services.
# shellcheck disable=SC2016 # eventually evaluates it again

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
	expect "$1: lxc-net's network is up" holds 'ip -4 -o address show lxcbr0 | grep -q 10.0.3.1/24'
	equal "$1: only lxc-net's firewall tables exist" \
		"$(nft list tables)" $'table inet lxc\ntable ip lxc'
	equal "$1: only LXC's helper is setuid" "$(setuid_programs)" /usr/libexec/lxc/lxc-user-nic
	expect "$1: the host is unchanged" unchanged
}
berth_works() {
	expect "$1: berth-net status reports the network as up" berth-net status
	equal "$1: berth-net plan has no changes" "$(berth-net plan)" ""
	equal "$1: only berth-net's firewall table exists" \
		"$(nft list tables)" "table inet berth_lxcbr0"
	equal "$1: only berth-run and berth-nic are setuid" \
		"$(setuid_programs)" $'/usr/bin/berth-run\n/usr/libexec/berth/berth-nic'
	equal "$1: no service has failed" "$(failed_services)" ""
}

package_comes() {
	local script=/home/alice/.local/share/lxc/web/rootfs/etc/init.d/rcS text
	stock_state >/root/stock
	stock_works "before installation"
	mkdir -p /var/cache/apt/archives/partial
	outside
	probe
	expect "the package can be installed" apt-get -q -y install /machine/berth.deb
	nothing_lost "during the installation"
	end_probe
	berth_works "after installation"
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	expect "alice creates a container" new_container alice web
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
	equal "no user is logged in" "$(who)" ""
	berth_works "after reboot"
	expect "alice's container is running" eventually running
	expect "the container has an address" has_address alice web
	address=$(as alice lxc-info -n web -i -H | grep -v :)
	expect "dnsmasq has a lease for the container" \
		grep -q " $address " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "the container's name resolves" eventually holds \
		"busybox nslookup web.alice.lxc 10.0.3.1 | grep -q 'Address.*$address\$'"
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	process=$(container_process)
	place=$(sed -n 's/^0:://p' "/proc/$process/cgroup")
	expect "the container is in a cgroup of alice" grep -qE "^$1\$" <<<"$place"
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	outside
	expect "berth doctor reports no problem for alice" berth doctor alice
	expect "the container reaches the outside host" \
		session su alice 'berth-run lxc-attach -n web -- ping -c 2 -W 5 192.0.2.2'

	probe
	expect "the next version can be installed" apt-get -q -y install /machine/next.deb
	expect "the installed version is the next one" holds 'dpkg-query -W berth | grep -q 9999'
	nothing_lost "during the upgrade"
	end_probe
	equal "the container keeps running during the upgrade" "$(container_process)" "$process"
	berth_works "after upgrade"

	expect "the package can be removed" apt-get -q -y remove berth
	equal "the container keeps running after the removal" "$(container_process)" "$process"
	stock_works "after removal"
	expect "the container reaches the outside host through lxc-net" eventually reaches_outside
}

package_is_gone() {
	stock_works "after removal and reboot"
	equal "no service has failed" "$(failed_services)" ""
	expect "alice's container starts without Berth" start_container alice web
	expect "LXC's helper created the container's NIC" grep -q '^alice veth lxcbr0 ' /run/lxc/nics
	outside
	expect "the container reaches the outside host" eventually reaches_outside
	expect "the package can be purged" apt-get -q -y purge berth
	stock_works "after purge"
	# Units that alice enabled stay in the home directory.
	equal "no file of Berth remains" \
		"$(find / -xdev \( -path /machine -o -path /var/log -o -path /root -o -path /home \) \
		-prune -o -name '*berth*' -print)" ""
}
