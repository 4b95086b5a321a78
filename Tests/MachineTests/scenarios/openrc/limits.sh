# Two containers of one user on a host without systemd, started from every kind of session, on a
# network of Berth. Each has a cgroup with its limits, within the limits of the user. No cgroup
# remains at the end.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
	printf '%s\n' 'alice cpu,io,memory,pids pids.max=60 memory.max=600M' 'bob *' \
		>/etc/lxc/lxc-usercgroup
	useradd -m -s /bin/bash bob
	for service in login sshd su su-l sudo sudo-i cron; do
		[ ! -e /etc/pam.d/$service ] || echo 'session include berth-session' >>/etc/pam.d/$service
	done
}

node=/sys/fs/cgroup/berth/u1000
# container_cgroup NAME: prints the cgroup of its process 1.
container_cgroup() {
	local process
	process=$(as alice lxc-info -n "$1" -p -H)
	sed -n 's/^0:://p' "/proc/$process/cgroup"
}
running() { as alice lxc-info -n "$1" -s -H | grep -q RUNNING; }
leaves() { find $node -mindepth 1 -maxdepth 1 -type d | wc -l; }
nothing_left() { [ "$(leaves)" = 0 ]; }

# check_limits KIND NAME: the container is in the right cgroup, with the right limits.
check_limits() {
	local place controller
	place=$(container_cgroup "$2")
	expect "$1: $2 is in a new cgroup of alice" \
		grep -qE "^/berth/u1000/run-[0-9a-z]{8}/lxc.payload.$2\$" <<<"$place"
	for controller in cpu io memory pids; do
		expect "$1: $2 has the controller $controller" \
			grep -qw $controller "/sys/fs/cgroup$place/cgroup.controllers"
	done
	equal "$1: the memory limit of $2 is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
}

after_boot() {
	local kind service commands place used
	expect "the service berth-cgroup is started" rc-service berth-cgroup status
	expect "the network is up" berth-net status
	equal "alice's limits are set" "$(cat $node/pids.max $node/memory.max)" $'60\n629145600'
	equal "alice's controllers are enabled" \
		"$(cat $node/cgroup.subtree_control)" "cpu io memory pids"
	expect "berth-cgroup check finds no error" berth-cgroup check
	for name in one two; do
		expect "alice creates the container $name" new_container alice $name
		echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/$name/config
	done

	# Without berth-run, LXC starts it without limits.
	expect "the container starts without berth-run" as alice lxc-start -n one
	expect "the container is running without berth-run" eventually running one
	refute "without berth-run, the container has no cgroup" \
		grep -q payload <<<"$(container_cgroup one)"
	expect "the container can be stopped" as alice lxc-stop -k -n one

	for kind in login ssh cron su sudo; do
		# No $, which the shell of sudo -i would expand first.
		commands='grep ^0:: /proc/self/cgroup; berth-run lxc-start -n one || echo no'
		commands+='; berth-run lxc-start -n two || echo no'
		session $kind alice "$commands" >/run/started
		# The PAM services of some commands have other names.
		case $kind in
			ssh) service=sshd ;;
			su) service=su-l ;;
			sudo) service=sudo-i ;;
			*) service=$kind ;;
		esac
		expect "$kind: the session is in a cgroup of alice" \
			holds 'head -n 1 /run/started | grep -qE "^0::/berth/u1000/run-[0-9a-z]{8}-$service\$"'
		equal "$kind: both containers start" "$(tail -n +2 /run/started)" ""
		for name in one two; do
			expect "$kind: $name is running" eventually running $name
			check_limits $kind $name
		done
		expect "$kind: alice can attach from a second session" \
			holds "[ \"\$(session su alice 'berth-run lxc-attach -n one -- hostname')\" = one ]"
		expect "$kind: alice can stop the containers from a third session" \
			session ssh alice 'berth-run lxc-stop -k -n one; berth-run lxc-stop -k -n two'
		session $kind alice true
		expect "$kind: no cgroup remains" eventually nothing_left
	done

	for name in one two; do as alice berth-run lxc-start -n $name; done
	expect "the container has an address on berth-net's network" has_address alice one
	expect "berth-nic created the container's NIC" \
		grep -q '^alice veth lxcbr0 veth1000_' /run/lxc/nics
	place=/sys/fs/cgroup$(container_cgroup one)
	used=$(awk '/^oom_kill / { print $2 }' "$place/memory.events")
	session su alice 'berth-run lxc-attach -n one -- dd if=/dev/zero of=/dev/null bs=100M count=1' \
		>/run/dd 2>&1
	expect "a process that exceeds the memory limit is killed" \
		holds "[ \"\$(awk '/^oom_kill / { print \$2 }' $place/memory.events)\" -gt $used ]"
	expect "the container keeps running" running one
	for name in one two; do
		as alice berth-run lxc-attach -n $name -- sh -c \
			'for n in $(seq 50); do sleep 99 & done; wait' >/dev/null 2>&1 &
	done
	# It tried to start 100. A shell that cannot fork exits, so slightly fewer than 60 may be left.
	expect "both containers together reach the user's limit on processes" \
		eventually holds '[ "$(cat $node/pids.current)" -ge 50 ]'
	sleep 2
	expect "both containers together stay within the user's limit" \
		[ "$(cat $node/pids.current)" -le 60 ]
	expect "berth-cgroup status lists the container" \
		holds 'berth-cgroup status | grep -q lxc.payload.two'
	expect "berth-cgroup status --json lists the container" \
		holds 'berth-cgroup status --json | grep -q payload.two'

	refute "bob cannot list alice's cgroup" as bob ls $node
	refute "bob cannot kill processes in alice's cgroup" as bob sh -c "echo 1 >$node/cgroup.kill"
	refute "bob cannot move a process into alice's cgroup" \
		as bob sh -c "echo \$\$ >$node/cgroup.procs"
	refute "alice cannot raise the limit" as alice sh -c "echo max >$node/pids.max"
	refute "alice cannot leave the cgroup" \
		as alice berth-run sh -c 'echo $$ >/sys/fs/cgroup/cgroup.procs'

	as alice lxc-stop -k -n one
	as alice lxc-stop -k -n two
	session su alice true
	expect "no cgroup remains" eventually nothing_left
	expect "a container of crun has its limits" crun_has_limits
	expect "a container of podman has its limits" podman_has_limits
	expect "berth-cgroup can be restarted" rc-service berth-cgroup restart
	expect "berth-cgroup can be reloaded with a changed policy" holds \
		'echo "alice io pids.max=50" >/etc/lxc/lxc-usercgroup && rc-service berth-cgroup reload'
	equal "the changed policy is applied" \
		"$(cat $node/pids.max $node/memory.max $node/cgroup.subtree_control)" $'50\nmax\nio'
	expect "files of a controller that reload enables belong to alice in cgroups in use" \
		files_of_live_leaf
	expect "berth-cgroup can be stopped" rc-service berth-cgroup stop
	refute "stop removes Berth's cgroups" [ -d /sys/fs/cgroup/berth ]
}

# The files of a controller belong to the user whose process enables it. lxc-start must own them to
# set limits.
files_of_live_leaf() {
	local sleeper leaf
	as alice berth-run sleep 120 &
	eventually holds "leaf=\$(ls -d $node/run-*)" || return
	sleeper=$(cat "$leaf/cgroup.procs")
	echo 'alice cpu,io,memory,pids' >/etc/lxc/lxc-usercgroup
	rc-service berth-cgroup reload || return
	equal "the files of the enabled controllers belong to alice" \
		"$(stat -c '%n %U' "$leaf"/{memory.max,memory.oom.group,cpu.max,pids.max} \
		| sed 's|.*/||')" \
		$'memory.max alice\nmemory.oom.group alice\ncpu.max alice\npids.max alice'
	kill "$sleeper"
	wait
}

# A rootless container of crun in a cgroup of alice. crun needs the path of the cgroup that it
# creates, in a parent cgroup without processes.
crun_has_limits() {
	command -v crun >/dev/null || { echo "no crun"; return 1; }
	local range place limits
	range=$(sed -n 's/^alice:\([0-9]*\):.*/\1/p' /etc/subuid)
	mkdir -p /home/alice/bundle/rootfs/bin /home/alice/bundle/rootfs/proc \
		/home/alice/bundle/rootfs/dev
	cp /bin/busybox /home/alice/bundle/rootfs/bin/
	cat >/home/alice/bundle/config.json <<-END
		{ "ociVersion": "1.0.0",
		  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "/", "env": ["PATH=/bin"],
		    "args": ["/bin/busybox", "sh", "-c",
		      "read x </proc/self/cgroup; echo \$x; /bin/busybox sleep 5"] },
		  "root": { "path": "rootfs", "readonly": true },
		  "mounts": [ { "destination": "/proc", "type": "proc", "source": "proc" } ],
		  "linux": { "cgroupsPath": "PARENT/box",
		    "uidMappings": [ { "containerID": 0, "hostID": 1000, "size": 1 },
		      { "containerID": 1, "hostID": $range, "size": 65535 } ],
		    "gidMappings": [ { "containerID": 0, "hostID": 1000, "size": 1 },
		      { "containerID": 1, "hostID": $range, "size": 65535 } ],
		    "namespaces": [ { "type": "user" }, { "type": "mount" }, { "type": "pid" } ],
		    "resources": { "memory": { "limit": 31457280 }, "pids": { "limit": 20 } } } }
	END
	cat >/home/alice/bundle/start <<-'END'
		parent=$(sed -n s/^0:://p /proc/self/cgroup)
		mkdir "/sys/fs/cgroup$parent/crun"
		echo $$ >"/sys/fs/cgroup$parent/crun/cgroup.procs"
		cd /home/alice/bundle
		sed -i "s|PARENT|$parent|" config.json
		exec crun --root /home/alice/crun --cgroup-manager=cgroupfs run box
	END
	chown -R alice: /home/alice/bundle
	as alice berth-run --name box sh -e /home/alice/bundle/start >/run/crun 2>&1 &
	eventually grep -q '^0::' /run/crun || { cat /run/crun; return 1; }
	place=/sys/fs/cgroup$(sed -n 's/^0:://p' /run/crun)
	cat /run/crun
	limits=$(cat "$place/memory.max" "$place/pids.max")
	wait %%
	[[ $place == "$node"/run-*-box/box ]] && [ "$limits" = $'31457280\n20' ]
}

# A rootless container of podman. The pause process that podman leaves is killed.
podman_has_limits() {
	mkdir -p /home/alice/box/{bin,dev,etc,proc,run,sys,tmp}
	cp /bin/busybox /home/alice/box/bin/
	chown -R alice: /home/alice/box
	as alice berth-run podman --cgroup-manager=cgroupfs run --cgroups=split --rm --network=none \
		--memory 30m --pids-limit 20 --rootfs /home/alice/box \
		/bin/busybox cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max >/run/podman
	cat /run/podman
	berth-cgroup gc --kill alice
	[ "$(cat /run/podman)" = $'31457280\n20' ]
}
