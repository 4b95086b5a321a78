#!/bin/bash
# Functions for scenarios in which init starts berth-net and berth-cgroup at boot.

# granted: alice's quota and limits.
granted() {
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	echo 'alice memory,pids memory.max=600M pids.max=200' >/etc/lxc/lxc-usercgroup
}
state() { as alice lxc-info -n "$1" -s -H | grep -q "$2"; }
replaced() { [ -n "$(pidof -s berth-net)" ] && [ "$(pidof berth-net)" != "$1" ]; }

# services_run INIT: the network and the cgroups exist, and INIT is process 1.
services_run() {
	equal "process 1 is $1" "$(cat /proc/1/comm)" "$1"
	expect "the network is up" eventually berth-net status
	expect "alice's cgroup exists" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	equal "alice's limits are set" \
		"$(cat /sys/fs/cgroup/berth/u1000/{memory,pids}.max)" $'629145600\n200'
	# Some inits mount cgroup2 without it.
	doctor alice
	sed -n 's/^      # \(mount -o remount,nsdelegate.*\)/\1/p' /run/doctor >/run/remount
	if [ -s /run/remount ]; then
		cat /run/remount
		expect "the fix of berth doctor for the option nsdelegate works" bash -e /run/remount
	fi
	expect "cgroup2 is mounted with nsdelegate" \
		grep -q ' - cgroup2 .*nsdelegate' /proc/self/mountinfo
}

# web_runs WHAT: alice's container web is in a new cgroup, with its limit and an address.
web_runs() {
	expect "$1: the container is running" eventually state web RUNNING
	in_new_cgroup "$1: the container" web
	expect "$1: dnsmasq has a lease for the container" \
		grep -q " $(address alice web) " /var/lib/misc/dnsmasq.lxcbr0.leases
	expect "$1: the container reaches the outside host" \
		as alice berth-run lxc-attach -n web -- /bin/ping -c 2 -W 5 192.0.2.2
	healthy "$1" alice --container web
	refute "$1: berth doctor warns about nsdelegate" grep nsdelegate /run/doctor
}

# web_starts: alice creates and starts web. A second container exceeds her quota.
web_starts() {
	expect "alice creates a container" new_container alice web
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	expect "alice creates a second container" new_container alice more
	session su alice 'berth-run lxc-start -n web'
	web_runs "at the first start"
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	echo 'alice veth lxcbr0 1' >/etc/lxc/lxc-usernet
	refute "a second NIC exceeds the quota" \
		session su alice 'berth-run lxc-start -n more -l info -o more.log'
	expect "the log names the quota" grep -q 'lxc-usernet' /home/alice/more.log
	granted
}

# web_stops: alice stops web.
web_stops() {
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n web'
	expect "the container's NIC is removed" \
		eventually holds '! ip -o link show master lxcbr0 | grep -q .'
}

# network_stays RELOAD RESTART: commands that reload and restart berth-net. Containers keep their
# connections, also when berth-net is killed.
network_stays() {
	local process dnsmasq
	probe
	process=$(pidof berth-net) dnsmasq=$(dnsmasq_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "$1 succeeds" holds "$1"
	# shellcheck disable=SC2016 # eventually evaluates it again
	expect "$1 adds the port forward" \
		eventually holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	expect "$2 succeeds" holds "$2"
	expect "$2 replaces the process" eventually replaced "$process"
	expect "the network is up after $2" eventually berth-net status
	process=$(pidof berth-net)
	kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" eventually replaced "$process"
	equal "restarts keep dnsmasq" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "during reload, restart and SIGKILL"
	end_probe
}

# all_stopped: nothing of berth-net and berth-cgroup remains.
all_stopped() {
	expect "the bridge is removed" eventually holds '! ip link show lxcbr0'
	expect "dnsmasq has ended" eventually holds '! pidof dnsmasq'
	expect "the users' cgroups are removed" eventually [ ! -d /sys/fs/cgroup/berth ]
}
