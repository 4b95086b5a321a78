# Users' cgroups and containers with the sysvinit scripts.
# init files: sysvinit

before_boot() {
	update-rc.d lxc-net disable
	update-rc.d berth-net defaults
	update-rc.d berth-cgroup defaults
	update-rc.d berth-user defaults
	echo 'cgroup2 /sys/fs/cgroup cgroup2 nsdelegate 0 0' >>/etc/fstab
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	echo 'alice memory,pids memory.max=500M' >/etc/lxc/lxc-usercgroup
	echo 'BERTH_CGROUP_OPTIONS=--favordynmods' >/etc/default/berth-cgroup
	echo 'BERTH_USERS=alice' >/etc/default/berth-user
}

container_runs() { as alice lxc-info -n web -s -H | grep -q "$1"; }

after_boot() {
	local place began
	expect "insserv has put it before berth-net" \
		holds \
		'[ "$(basename /etc/rc2.d/S??berth-cgroup)" \< "$(basename /etc/rc2.d/S??berth-net)" ]'
	expect "insserv has nothing to say" \
		holds '! insserv -n -v 2>&1 | grep -i "warning\|error\|loop"'
	equal "alice has her cgroup" "$(cat /sys/fs/cgroup/berth/u1000/memory.max)" $((500 << 20))
	expect "set up with options" grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	expect "status" /etc/init.d/berth-cgroup status
	expect "alice makes a container" new_container alice web
	printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
		>>/home/alice/.local/share/lxc/web/config
	expect "hers are started" /etc/init.d/berth-user start
	expect "it runs" eventually container_runs RUNNING
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	echo 'alice memory,pids memory.max=400M' >/etc/lxc/lxc-usercgroup
	expect "reload" /etc/init.d/berth-cgroup reload
	equal "is in force" "$(cat /sys/fs/cgroup/berth/u1000/memory.max)" $((400 << 20))
	expect "hers are stopped" /etc/init.d/berth-user stop
	expect "it runs no more" eventually container_runs STOPPED
	# ~/.profile of users is run as well, here at a terminal of root.
	printf '%s\n' 'seen=nothing' '[ ! -t 0 ] && [ ! -t 1 ] && [ ! -t 2 ] || seen=terminal' \
		'echo $seen >~/seen' \
		'trap "" TERM' 'sleep 600' >/home/alice/.profile
	echo 'touch ~/came' >/home/bob/.profile
	printf '%s\n' 'BERTH_USERS="alice bob"' 'BERTH_PATIENCE=5' >/etc/default/berth-user
	began=$SECONDS
	script -qec '/etc/init.d/berth-user start' /dev/null </dev/null >/dev/null
	expect "who never ends is not waited for" [ $((SECONDS - began)) -lt 60 ]
	equal "and is given nothing of the terminal" "$(cat /home/alice/seen)" nothing
	expect "nor does another wait for him" eventually [ -e /home/bob/came ]
	pkill -KILL -u alice
	expect "stop" /etc/init.d/berth-cgroup stop
	refute "takes all of it" [ -d /sys/fs/cgroup/berth ]
}
