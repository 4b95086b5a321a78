# berth-net under runit and s6, which need not be process 1, and a user's containers under runit.
# init files: runit s6

before_boot() {
	rc-update -q delete lxc-net default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

running() { [ -n "$(pidof -s berth-net)" ] && [ "$(pidof berth-net)" != "$1" ]; }

after_boot() {
	local process dnsmasq
	# As in Debian and Void.
	mkdir -p /run/service
	export SVDIR=/run/service
	runsvdir -P /run/service >/run/runit.log 2>&1 &
	ln -s /etc/sv/berth-net /run/service/
	expect "runit starts berth-net" eventually holds 'sv status berth-net | grep -q ^run'
	expect "sv start succeeds" sv -w 60 start berth-net
	expect "after sv start, the network is up" berth-net status
	expect "sv check succeeds" sv check berth-net
	outside
	probe
	process=$(pidof berth-net) dnsmasq=$(dnsmasq_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "sv hup succeeds" sv hup berth-net
	expect "SIGHUP adds the port forward" \
		eventually holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	equal "SIGHUP keeps the process" "$(pidof berth-net)" "$process"
	expect "sv restart succeeds" sv -w 60 restart berth-net
	process=$(pidof berth-net)
	kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" eventually running "$process"
	expect "sv check succeeds after SIGKILL" sv -w 60 check berth-net
	equal "restarts keep dnsmasq" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "during reload, restart and SIGKILL"
	expect "sv down succeeds" sv -w 60 down berth-net
	nothing_lost "while berth-net is down"
	rm /run/service/berth-net

	echo 'alice memory,pids' >/etc/lxc/lxc-usercgroup
	echo 'BERTH_CGROUP_OPTIONS=--favordynmods' >/etc/sv/berth-cgroup/conf
	ln -s /etc/sv/berth-cgroup /run/service/
	expect "runit's service creates users' cgroups" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	expect "sv check succeeds" sv -w 60 check berth-cgroup
	expect "the options of the service are applied" \
		grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	echo 'alice memory,pids pids.max=77' >/etc/lxc/lxc-usercgroup
	expect "sv hup succeeds" sv hup berth-cgroup
	expect "SIGHUP applies a changed policy" \
		eventually grep -qx 77 /sys/fs/cgroup/berth/u1000/pids.max
	expect "sv down succeeds" sv -w 60 down berth-cgroup
	expect "sv down removes empty cgroups" eventually [ ! -d /sys/fs/cgroup/berth ]
	rm /run/service/berth-cgroup

	# The directory is both an s6-rc source and a service directory. /run is mounted noexec.
	cp -a /etc/s6/sv/berth-net /srv/berth-net
	s6-supervise /srv/berth-net >/run/s6.log 2>&1 &
	expect "s6 is notified when berth-net is ready" s6-svwait -U -t 60000 /srv/berth-net
	expect "when berth-net is ready, the network is up" berth-net status
	equal "berth-net under s6 keeps dnsmasq" "$(pidof dnsmasq)" "$dnsmasq"
	process=$(pidof berth-net)
	echo 'LXC_FORWARDS="tcp:8081=10.0.3.9:81"' >>/etc/default/lxc-net
	expect "s6-svc -h succeeds" s6-svc -h /srv/berth-net
	expect "SIGHUP adds the port forward" \
		eventually holds 'nft list table inet berth_lxcbr0 | grep -q 8081'
	expect "s6-svc -r succeeds, and waits until berth-net is ready" \
		s6-svc -wR -T 60000 -r /srv/berth-net
	refute "s6-svc -r replaces the process" [ "$(pidof berth-net)" = "$process" ]
	process=$(pidof berth-net)
	kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" eventually running "$process"
	expect "berth-net is ready after SIGKILL" s6-svwait -U -t 60000 /srv/berth-net
	nothing_lost "while s6 restarts berth-net"
	end_probe
	expect "s6-svc -d succeeds" s6-svc -wD -T 60000 -d /srv/berth-net
	refute "stopping removes the bridge" ip link show lxcbr0
	expect "stopping ends dnsmasq" eventually holds '! pidof dnsmasq'
	s6-svc -x /srv/berth-net

	users_containers
}

state() { as alice lxc-info -n "$1" -s -H | grep -q "$2"; }

# With a network that starts late, and with one that is not managed by Berth.
users_containers() {
	expect "alice creates the container web" new_container alice web
	printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
		>>/home/alice/.local/share/lxc/web/config
	expect "alice creates the container hand" new_container alice hand
	sed -i '/^lxc.net/d; $a lxc.net.0.type = empty' /home/alice/.local/share/lxc/hand/config
	cp -a /etc/sv/berth-user /etc/sv/berth-user.alice
	cp -a /etc/sv/berth-net /etc/sv/late
	sed -i '2i [ -e /run/cable ] || exit 1' /etc/sv/late/run
	ln -s /etc/sv/berth-cgroup /run/service/
	ln -s /etc/sv/late /run/service/berth-net
	expect "users' cgroups exist" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	expect "alice can start a container by hand" as alice berth-run lxc-start -n hand
	ln -s /etc/sv/berth-user.alice /run/service/
	expect "the log reports that alice's containers wait for the network" \
		eventually grep -q 'berth-net is not up: containers of alice wait' /run/runit.log
	expect "the container is stopped while the network is down" state web STOPPED
	touch /run/cable
	expect "the network comes up" eventually berth-net status
	expect "the container starts after the network" eventually state web RUNNING
	in_new_cgroup "the container" web
	expect "the container started by hand keeps running" state hand RUNNING
	expect "sv down succeeds" sv -w 60 down berth-user.alice
	expect "stopping the service stops web" eventually state web STOPPED
	expect "stopping the service stops hand" eventually state hand STOPPED

	# Stopping takes a moment, and a bridge with ports is kept.
	eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	expect "sv down succeeds" sv -w 60 down berth-net
	rm /run/service/berth-net
	expect "the bridge is removed" eventually holds '! ip link show lxcbr0'
	refute "no start has failed until now" grep -aq 'not all containers' /run/runit.log
	expect "sv up succeeds" sv up berth-user.alice
	expect "without a service berth-net, containers do not wait, and failures are logged" \
		holds "eventually grep -aq 'not all containers of alice were started' /run/runit.log \
			|| { tail -n 5 /run/runit.log; false; }"
	sed -i '/^lxc.net/d; $a lxc.net.0.type = empty' /home/alice/.local/share/lxc/web/config
	expect "sv restart succeeds" sv -w 60 restart berth-user.alice
	expect "a container without network starts" eventually state web RUNNING
	expect "sv down succeeds" sv -w 60 down berth-user.alice
	expect "stopping the service stops web" eventually state web STOPPED
	expect "sv down succeeds" sv -w 60 down berth-cgroup
	rm /run/service/berth-{user.alice,cgroup}
}
