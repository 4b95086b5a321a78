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
	expect "runit starts it" eventually holds 'sv status berth-net | grep -q ^run'
	expect "sv start waits until the network is up" sv -w 60 start berth-net
	expect "which it is" berth-net status
	expect "sv check" sv check berth-net
	outside
	probe
	process=$(pidof berth-net) dnsmasq=$(dnsmasq_process)
	echo 'LXC_FORWARDS="tcp:8080=10.0.3.9:80"' >>/etc/default/lxc-net
	expect "sv hup" sv hup berth-net
	expect "reloads" eventually holds 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
	equal "in the same process" "$(pidof berth-net)" "$process"
	expect "sv restart" sv -w 60 restart berth-net
	process=$(pidof berth-net)
	kill -KILL "$process"
	expect "when it is killed, it comes back" eventually running "$process"
	expect "sv check, again" sv -w 60 check berth-net
	equal "there is one dnsmasq, the same" "$(pidof dnsmasq)" "$dnsmasq"
	nothing_lost "by reload, restart and its end"
	expect "sv down" sv -w 60 down berth-net
	nothing_lost "by being down"
	expect "sv exit" sv -w 60 exit berth-net
	rm /run/service/berth-net

	echo 'alice memory,pids' >/etc/lxc/lxc-usercgroup
	echo 'BERTH_CGROUP_OPTIONS=--favordynmods' >/etc/sv/berth-cgroup/conf
	ln -s /etc/sv/berth-cgroup /run/service/
	expect "runit prepares users' cgroups" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	expect "sv check" sv -w 60 check berth-cgroup
	expect "with options" grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	echo 'alice memory,pids pids.max=77' >/etc/lxc/lxc-usercgroup
	expect "sv hup" sv hup berth-cgroup
	expect "applies a changed policy" eventually grep -qx 77 /sys/fs/cgroup/berth/u1000/pids.max
	expect "sv exit" sv -w 60 exit berth-cgroup
	expect "takes what is empty" eventually [ ! -d /sys/fs/cgroup/berth ]
	rm /run/service/berth-cgroup

	# The directory is both an s6-rc source and a service directory. /run is mounted noexec.
	cp -a /etc/s6/sv/berth-net /srv/berth-net
	s6-supervise /srv/berth-net >/run/s6.log 2>&1 &
	expect "s6 says when it is ready" s6-svwait -U -t 60000 /srv/berth-net
	expect "and then the network is up" berth-net status
	equal "with the dnsmasq there was" "$(pidof dnsmasq)" "$dnsmasq"
	process=$(pidof berth-net)
	echo 'LXC_FORWARDS="tcp:8081=10.0.3.9:81"' >>/etc/default/lxc-net
	expect "s6-svc -h" s6-svc -h /srv/berth-net
	expect "reloads" eventually holds 'nft list table inet berth_lxcbr0 | grep -q 8081'
	expect "s6-svc -r, until it is ready again" s6-svc -wR -T 60000 -r /srv/berth-net
	refute "it is another" [ "$(pidof berth-net)" = "$process" ]
	process=$(pidof berth-net)
	kill -KILL "$process"
	expect "when it is killed, it comes back" eventually running "$process"
	expect "and is ready" s6-svwait -U -t 60000 /srv/berth-net
	nothing_lost "by s6"
	end_probe
	expect "s6-svc -d" s6-svc -wD -T 60000 -d /srv/berth-net
	refute "nothing is left" ip link show lxcbr0
	expect "nor of dnsmasq" eventually holds '! pidof dnsmasq'
	s6-svc -x /srv/berth-net

	users_containers
}

state() { as alice lxc-info -n "$1" -s -H | grep -q "$2"; }

# With a network that starts late, and with one that is not managed by Berth.
users_containers() {
	local place
	expect "alice makes a container" new_container alice web
	printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
		>>/home/alice/.local/share/lxc/web/config
	expect "and another" new_container alice hand
	sed -i '/^lxc.net/d; $a lxc.net.0.type = empty' /home/alice/.local/share/lxc/hand/config
	cp -a /etc/sv/berth-user /etc/sv/berth-user.alice
	cp -a /etc/sv/berth-net /etc/sv/late
	sed -i '2i [ -e /run/cable ] || exit 1' /etc/sv/late/run
	ln -s /etc/sv/berth-cgroup /run/service/
	ln -s /etc/sv/late /run/service/berth-net
	expect "users' cgroups are there" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	expect "alice starts one by hand" as alice berth-run lxc-start -n hand
	ln -s /etc/sv/berth-user.alice /run/service/
	expect "runit says that it waits" \
		eventually grep -q 'berth-net is not up: containers of alice wait' /run/runit.log
	expect "it does so" state web STOPPED
	touch /run/cable
	expect "the network comes" eventually berth-net status
	expect "and it is started" eventually state web RUNNING
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	expect "in a leaf of alice's" \
		grep -qE '^/berth/u1000/run-[0-9a-z]{8}/lxc.payload.web$' <<<"$place"
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	expect "and an address" eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	expect "who waited has ended nothing" state hand RUNNING
	expect "sv down" sv -w 60 down berth-user.alice
	expect "ends it" eventually state web STOPPED
	expect "and the other" eventually state hand STOPPED

	# Stopping takes a moment, and a bridge with ports is kept.
	eventually holds '! ip -o link show master lxcbr0 | grep -q .'
	# Not exit: runsvdir would restart it while the directory exists.
	expect "sv down" sv -w 60 down berth-net
	rm /run/service/berth-net
	expect "there is no network" eventually holds '! ip link show lxcbr0'
	refute "until now nothing has failed" grep -aq 'not all containers' /run/runit.log
	expect "sv up" sv up berth-user.alice
	expect "where berth-net is not wanted, it is not waited for, and failure is told" \
		holds "eventually grep -aq 'not all containers of alice were started' /run/runit.log \
			|| { tail -n 5 /run/runit.log; false; }"
	sed -i '/^lxc.net/d; $a lxc.net.0.type = empty' /home/alice/.local/share/lxc/web/config
	expect "sv restart" sv -w 60 restart berth-user.alice
	expect "starts what needs no network" eventually state web RUNNING
	expect "sv exit" sv -w 60 exit berth-user.alice
	expect "ends it" eventually state web STOPPED
	expect "sv exit" sv -w 60 exit berth-cgroup
	rm /run/service/berth-{user.alice,cgroup}
}
