# berth-net under runit and under s6, which need not be process 1.
# init files: runit s6

before_boot() {
	rc-update -q delete lxc-net default
}

running() { [ -n "$(pidof -s berth-net)" ] && [ "$(pidof berth-net)" != "$1" ]; }

after_boot() {
	local process dnsmasq
	# As Debian and Void do it.
	mkdir -p /run/service
	export SVDIR=/run/service
	runsvdir -P /run/service >/dev/null 2>&1 &
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
	ln -s /etc/sv/berth-cgroup /run/service/
	expect "runit prepares users' cgroups" eventually [ -d /sys/fs/cgroup/berth/u1000 ]
	expect "sv check" sv -w 60 check berth-cgroup
	echo 'alice memory,pids pids.max=77' >/etc/lxc/lxc-usercgroup
	expect "sv hup" sv hup berth-cgroup
	expect "applies a changed policy" eventually grep -qx 77 /sys/fs/cgroup/berth/u1000/pids.max
	expect "sv exit" sv -w 60 exit berth-cgroup
	expect "takes what is empty" eventually [ ! -d /sys/fs/cgroup/berth ]
	rm /run/service/berth-cgroup

	cp -a /etc/sv/berth-user /etc/sv/berth-user.alice
	install -D -m 755 /dev/stdin /srv/stand-in/lxc-autostart <<-'END'
		#!/bin/sh
		[ -d /sys/fs/cgroup/berth ] && pidof berth-net >/dev/null && when="when all is there"
		echo "$1 $when" >>~/told
	END
	echo 'PATH=/srv/stand-in:$PATH' >/home/alice/.profile
	ln -s /etc/sv/berth-user.alice /run/service/
	eventually sv status berth-user.alice >/dev/null
	sleep 2
	ln -s /etc/sv/berth-cgroup /etc/sv/berth-net /run/service/
	expect "runit starts alice's containers" eventually [ -e /home/alice/told ]
	expect "sv exit" sv -w 60 exit berth-user.alice
	equal "in time, and only then stops any" "$(cat /home/alice/told)" \
		$'--list when all is there\n-a when all is there'
	expect "sv exit" sv -w 60 exit berth-net berth-cgroup
	rm /run/service/* /home/alice/.profile

	# The directory is s6-rc's source and a service directory as well; nothing in /run may be executed.
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
}
