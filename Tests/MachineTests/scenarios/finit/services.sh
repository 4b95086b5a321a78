# finit as process 1 starts berth-net and berth-cgroup at boot. alice's containers have limits, in
# sessions of ssh too. After a reboot, finit also starts her container.
# init files: sysvinit
# suite: forky

# shellcheck source=Tests/MachineTests/guest/services.sh
. /machine/services.sh

# As berth-install(7) describes.
before_boot() {
	granted
	echo 'task [2345] /usr/sbin/berth-cgroup setup -- cgroups' >/etc/finit.d/berth-cgroup.conf
	echo 'service [2345] respawn kill:20 notify:systemd /usr/sbin/berth-net run -- networks' \
		>/etc/finit.d/berth-net.conf
	echo 'service [2345] /usr/sbin/sshd -D' >/etc/finit.d/sshd.conf
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
}

after_boot() {
	services_run init
	expect "finit is running" initctl status
	expect "finit knows that the network is up" \
		eventually initctl cond get service/berth-net/ready
	outside
	web_starts
	network_stays 'initctl reload berth-net' 'initctl restart berth-net'
	echo 'alice memory,pids memory.max=600M pids.max=100' >/etc/lxc/lxc-usercgroup
	expect "berth-cgroup can be reloaded" berth-cgroup reload
	equal "reload applies a changed policy" "$(cat /sys/fs/cgroup/berth/u1000/pids.max)" 100
	granted
	web_stops

	expect "finit starts sshd" eventually pidof -s sshd
	equal "sshd is in the cgroup of a finit service" \
		"$(cut -d: -f3 "/proc/$(pidof -s sshd)/cgroup")" /system/sshd
	expect "a session of ssh can run commands in a new cgroup" \
		holds "session ssh alice 'berth-run cat /proc/self/cgroup' | grep ^0::/berth/u1000/run-"
	echo 50M >/sys/fs/cgroup/system/sshd/memory.max
	refute "limits of the service hold for its sessions" session ssh alice 'berth-run true'
	echo max >/sys/fs/cgroup/system/sshd/memory.max

	expect "initctl stop succeeds" holds 'initctl stop berth-net && berth-cgroup teardown'
	all_stopped

	{ echo '#!/bin/sh'; cat /run/remount; } >/etc/rc.local
	chmod 755 /etc/rc.local
	echo 'lxc.start.auto = 1' >>/home/alice/.local/share/lxc/web/config
	echo 'BERTH_USERS=alice' >>/etc/default/berth-user
	printf 'task [2345] <task/berth-cgroup/success,service/berth-net/ready> %s\n' \
		'/etc/init.d/berth-user start -- containers' >/etc/finit.d/berth-user.conf
}

after_boot_2() {
	outside
	services_run init
	equal "rc.local has set nsdelegate" "$(cat /run/remount)" ""
	web_runs "after the reboot"
	equal "no user is logged in" "$(who)" ""
	expect "the script of sysvinit stops the container" /etc/init.d/berth-user stop
	expect "the container has stopped" eventually state web STOPPED
}
