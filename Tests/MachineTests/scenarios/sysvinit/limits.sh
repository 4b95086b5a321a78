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
	expect "berth-cgroup starts before berth-net" \
		holds \
		'[ "$(basename /etc/rc2.d/S??berth-cgroup)" \< "$(basename /etc/rc2.d/S??berth-net)" ]'
	expect "insserv reports no error" \
		holds '! insserv -n -v 2>&1 | grep -i "warning\|error\|loop"'
	equal "alice's limit is set" "$(cat /sys/fs/cgroup/berth/u1000/memory.max)" $((500 << 20))
	expect "the options of the service are applied" \
		grep -q ' - cgroup2 .*favordynmods' /proc/self/mountinfo
	expect "the status of the service is success" /etc/init.d/berth-cgroup status
	expect "alice creates a container" new_container alice web
	printf '%s\n' 'lxc.cgroup2.memory.max = 40M' 'lxc.start.auto = 1' \
		>>/home/alice/.local/share/lxc/web/config
	expect "the service berth-user can be started" /etc/init.d/berth-user start
	expect "the container is running" eventually container_runs RUNNING
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	echo 'alice memory,pids memory.max=400M' >/etc/lxc/lxc-usercgroup
	expect "berth-cgroup can be reloaded" /etc/init.d/berth-cgroup reload
	equal "the changed limit is set" "$(cat /sys/fs/cgroup/berth/u1000/memory.max)" $((400 << 20))
	expect "the service berth-user can be stopped" /etc/init.d/berth-user stop
	expect "the container has stopped" eventually container_runs STOPPED
	# The service runs ~/.profile of users, here from a terminal of root.
	printf '%s\n' 'seen=nothing' '[ ! -t 0 ] && [ ! -t 1 ] && [ ! -t 2 ] || seen=terminal' \
		'echo $seen >~/seen' \
		'trap "" TERM' 'sleep 600' >/home/alice/.profile
	echo 'touch ~/came' >/home/bob/.profile
	printf '%s\n' 'BERTH_USERS="alice bob"' 'BERTH_PATIENCE=5' >/etc/default/berth-user
	began=$SECONDS
	script -qec '/etc/init.d/berth-user start' /dev/null </dev/null >/dev/null
	expect "a login shell that never ends does not block the service" \
		[ $((SECONDS - began)) -lt 60 ]
	equal "the login shell has no terminal" "$(cat /home/alice/seen)" nothing
	expect "the containers of other users start in the meantime" eventually [ -e /home/bob/came ]
	pkill -KILL -u alice
	expect "berth-cgroup can be stopped" /etc/init.d/berth-cgroup stop
	refute "stop removes Berth's cgroups" [ -d /sys/fs/cgroup/berth ]
}
