# runit as process 1 starts berth-net and berth-cgroup at boot. alice's containers have limits.
# After a reboot, runit also starts her container.
# init files: runit
# suite: forky

# shellcheck source=Tests/MachineTests/guest/services.sh
. /machine/services.sh

before_boot() {
	granted
	ln -s /etc/sv/berth-net /etc/sv/berth-cgroup /etc/runit/runsvdir/default/
}

after_boot() {
	services_run runit
	expect "sv check succeeds for both services" sv -w 60 check berth-net berth-cgroup
	outside
	web_starts
	network_stays 'sv hup berth-net' 'sv -w 60 restart berth-net'
	echo 'alice memory,pids memory.max=600M pids.max=100' >/etc/lxc/lxc-usercgroup
	expect "sv hup succeeds" sv hup berth-cgroup
	expect "SIGHUP applies a changed policy" \
		eventually grep -qx 100 /sys/fs/cgroup/berth/u1000/pids.max
	granted
	web_stops
	expect "sv down succeeds" sv -w 60 down berth-net berth-cgroup
	all_stopped

	{ echo '#!/bin/sh'; cat /run/remount; } >/etc/rc.local
	chmod 755 /etc/rc.local
	echo 'lxc.start.auto = 1' >>/home/alice/.local/share/lxc/web/config
	cp -a /etc/sv/berth-user /etc/sv/berth-user.alice
	ln -s /etc/sv/berth-user.alice /etc/runit/runsvdir/default/
}

after_boot_2() {
	outside
	services_run runit
	equal "rc.local has set nsdelegate" "$(cat /run/remount)" ""
	web_runs "after the reboot"
	equal "no user is logged in" "$(who)" ""
	expect "sv down succeeds" sv -w 60 down berth-user.alice
	expect "stopping the service stops the container" eventually state web STOPPED
}
