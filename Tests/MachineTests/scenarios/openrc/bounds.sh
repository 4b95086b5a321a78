# Limits hold: a user cannot write the limits of their cgroup, a user who exhausts all limits does
# not affect another, and berth-run fails inside a container.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	printf '%s\n' 'alice * pids.max=100 memory.max=500M' \
		'bob * pids.max=120 memory.max=200M cgroup.max.descendants=300' >/etc/lxc/lxc-usercgroup
}

node=/sys/fs/cgroup/berth/u1000
bobs=/sys/fs/cgroup/berth/u1001
running() { as alice lxc-info -n one -s -H | grep -q RUNNING; }
inside() { as alice berth-run lxc-attach "${@:2}" -n one -- /bin/sh -c "$1"; }

after_boot() {
	expect "alice creates a container" new_container alice one
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/one/config
	files_of_others
	in_container
	neighbor
}

# owners CGROUP: prints the owners of the files that the kernel lists for delegation, and of all
# others.
owners() {
	(cd "$1" && for file in *; do
		[ -f "$file" ] || continue
		whose=$(stat -c %U "$file")
		if grep -qxF "$file" /sys/kernel/cgroup/delegate; then
			echo "delegated $whose"
		else
			echo "others $whose"
		fi
	done | sort -u)
}
# writable CGROUP: prints the files that alice can open for writing.
writable() {
	as alice bash -c 'cd "$0" && for file in *; do
		[ ! -f "$file" ] || ! { : >>"$file"; } 2>/dev/null || echo "$file"
	done' "$1" | sort
}

files_of_others() {
	local controllers controller leaf sleeper file
	read -ra controllers </sys/fs/cgroup/cgroup.controllers
	for controller in "${controllers[@]}"; do
		expect "controller $controller is enabled for alice" \
			grep -qw "$controller" $node/cgroup.subtree_control
	done
	for file in memory.max memory.high pids.max cpu.max cpu.weight cpuset.cpus io.max \
		cgroup.max.descendants cgroup.max.depth cgroup.freeze cgroup.kill cgroup.type; do
		equal "$file of alice's cgroup belongs to root" "$(stat -c %U $node/$file)" root
	done
	equal "in alice's cgroup, only delegated files belong to alice" "$(owners $node)" \
		$'delegated alice\nothers root'
	equal "alice can write only delegated files in alice's cgroup" "$(writable $node)" \
		"$(sort /sys/kernel/cgroup/delegate | while read -r file; do
			[ ! -e "$node/$file" ] || echo "$file"
		done)"
	for file in /sys/fs/cgroup /sys/fs/cgroup/berth $bobs; do
		equal "alice can write no file in $file" "$(writable "$file")" ""
	done
	as alice berth-run sleep 600 &
	expect "a command of alice is in a new cgroup" eventually holds \
		"leaf=\$(ls -d $node/run-*) && sleeper=\$(cat \$leaf/cgroup.procs) && [ -n \"\$sleeper\" ]"
	equal "all files in that cgroup belong to alice" \
		"$(owners "$leaf")" $'delegated alice\nothers alice'
	kill "$sleeper"
	wait 2>/dev/null
}

# cgroups: prints the container's cgroups.
cgroups() { find $node -path '*/lxc.*' -type d | sort; }

# Tries berth-run in the container, setuid to root of the host, which the container does not map,
# and setuid to root of the container.
in_container() {
	local root=/home/alice/.local/share/lxc/one/rootfs tree whose owner user said
	owner=$(stat -c %u:%g $root)
	expect "the container starts" as alice berth-run lxc-start -n one
	expect "the container is running" eventually running
	# lxc-attach uses a cgroup beneath the container's, which the first call creates.
	expect "alice can attach to the container" inside true
	tree=$(cgroups)
	for whose in 0:0 "$owner"; do
		cp /usr/bin/berth-run $root/bin/tried
		chown "$whose" $root/bin/tried
		chmod 4755 $root/bin/tried
		for user in 0 1000; do
			# shellcheck disable=SC2016 # the container's own shell
			said=$(inside '/bin/tried true; echo "status $?"
				read -r place </proc/self/cgroup; echo "$place"' \
				-u $user -g $user 2>&1)
			expect "berth-run of $whose, run as user $user of the container, fails: $said" \
				holds 'grep -qx "status 125" <<<"$said"'
			case $whose:$user in
				0:0:1000)
					expect "the message says why" holds 'grep -q "not setuid root" <<<"$said"'
					;;
				*)
					expect "the message says why" \
						grep -q "this is a container, and its host manages its cgroups" <<<"$said"
					;;
			esac
			equal "no process is moved" "$(tail -n 1 <<<"$said")" "0::/.lxc"
		done
	done
	equal "no cgroup is created" "$(cgroups)" "$tree"
	rm $root/bin/tried
	expect "the container can be stopped" as alice lxc-stop -k -n one
}

# bob exhausts all limits: with a file in memory, with processes, with a process that allocates more
# and more memory, and with cgroups.
neighbor() {
	local began used
	as bob berth-run head -c 160M /dev/zero >/dev/shm/bob
	# When the shell cannot fork, it exits, and its children keep running.
	as bob berth-run sh -c 'for n in $(seq 200); do sleep 999 & done; wait' >/dev/null 2>&1
	touch /run/hungry
	while [ -e /run/hungry ]; do as bob berth-run tail /dev/zero; done >/dev/null 2>&1 &
	as bob bash -c "mkdir $bobs/x{1..400}" >/dev/null 2>&1
	expect "bob has reached the limit on processes" [ "$(cat $bobs/pids.current)" -ge 119 ]
	expect "bob has reached the limit on cgroups" \
		eventually holds '[ "$(find $bobs -mindepth 1 -type d | wc -l)" -ge 299 ]'
	expect "the kernel kills processes of bob that exceed the memory limit" \
		eventually holds '[ "$(awk "/^oom_kill / { print \$2 }" $bobs/memory.events)" -gt 2 ]'
	used=$(awk '/^oom_kill / { print $2 }' $bobs/memory.events)

	began=$SECONDS
	expect "alice's container starts while bob's processes run" as alice berth-run lxc-start -n one
	expect "the container is running" eventually running
	in_new_cgroup "alice's container" one
	equal "alice can attach to the container while bob's processes run" "$(inside hostname)" one
	expect "alice can stop the container" as alice berth-run lxc-stop -k -n one
	expect "the container has stopped" holds '! running'
	echo "beside a user who exhausts all limits: $((SECONDS - began)) s"
	equal "no process of alice was killed for lack of memory" \
		"$(awk '/^oom_kill / { print $2 }' $node/memory.events)" 0
	expect "processes of bob were killed in the meantime" \
		[ "$(awk '/^oom_kill / { print $2 }' $bobs/memory.events)" -gt "$used" ]
	expect "bob stays within the limits" holds '[ "$(cat $bobs/pids.current)" -le 121 ] &&
		[ "$(cat $bobs/memory.current)" -le $((200 << 20)) ] &&
		[ "$(find $bobs -mindepth 1 -type d | wc -l)" -le 300 ]'
	expect "berth-cgroup status lists bob" holds 'berth-cgroup status | grep -q "^bob (u1001)"'
	expect "berth-cgroup can be reloaded" rc-service berth-cgroup reload
	rm /run/hungry
	expect "gc --kill kills bob's processes" berth-cgroup gc --kill bob
	rm /dev/shm/bob
	wait
}
