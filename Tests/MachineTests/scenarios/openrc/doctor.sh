# berth doctor on a host without systemd: it names what removes a container's limits. Its fixes are
# applied, and the container has its limits.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-net default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	rm -f /etc/lxc/lxc-usercgroup
}

config=/home/alice/.local/share/lxc/web/config
# limited: the container runs with its limit.
limited() {
	session su alice 'berth-run lxc-start -n web' >/run/started 2>&1 \
		|| { cat /run/started; return 1; }
	eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING' || return 1
	local place
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	[ "$(cat "/sys/fs/cgroup$place/memory.max")" = $((40 << 20)) ] || return 1
	session su alice 'berth-run lxc-stop -k -n web'
}

# options_have OPTION: whether the cgroup hierarchy has this mount option.
options_have() { findmnt -n -o FS-OPTIONS /sys/fs/cgroup | tr , '\n' | grep -qx "$1"; }

after_boot() {
	found "a new user" 'only root may load the profile' alice
	carried_out "a new user" alice
	expect "she makes a container" as alice lxc-create -n web -t busybox
	healthy "without limits" alice --container web

	echo 'lxc.cgroup2.memory.max = 40M' >>$config
	refute "a limit needs berth-run, which refuses" session su alice 'berth-run lxc-start -n web'
	found "no policy" 'lxc.cgroup2.memory.max in' alice --container web
	carried_out "no policy" alice
	refute "a line alone is not enough" limited
	found "nothing set up" '# berth-cgroup setup' alice --container web
	carried_out "nothing set up" alice
	healthy "set up" alice --container web
	expect "it runs with its limit" limited

	# The container starts, but lxc-attach from another session would fail.
	chown root: /sys/fs/cgroup/berth/u1000/cgroup.procs
	found "a file of root's" 'alice may not write it' alice --container web
	carried_out "a file of root's" alice
	expect "it runs with its limit again" limited
	expect "nobody uses memory" eventually holds \
		'berth-cgroup gc && echo -memory >/sys/fs/cgroup/berth/u1000/cgroup.subtree_control'
	echo -memory >/sys/fs/cgroup/berth/cgroup.subtree_control
	refute "without it there is no limit" limited
	found "memory is cut off" 'memory is not enabled for users' alice --container web
	carried_out "memory is cut off" alice
	expect "it runs with its limit once more" limited
	# The option applies to the whole hierarchy. With the device named, mount(8) passes only these.
	mount -o remount,memory_recursiveprot none /sys/fs/cgroup
	refute "nsdelegate is gone" options_have nsdelegate
	berth-cgroup setup >/run/setup 2>&1
	expect "setup warns" \
		grep -qF 'mount -o remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup' /run/setup
	doctor alice --container web
	equal "no problem, for it starts" "$?" 0
	expect "the doctor names it" \
		grep -q '^  ! /sys/fs/cgroup: it is mounted without nsdelegate' /run/doctor
	sed -n 's/^      # \(mount -o remount,.*\)/\1/p' /run/doctor >/run/remount
	expect "its fix is carried out" bash -e /run/remount
	expect "nsdelegate is there" options_have nsdelegate
	expect "and what was there before" options_have memory_recursiveprot
	refute "the doctor names it no more" holds 'doctor alice; grep -q nsdelegate /run/doctor'
	refute "setup warns no more" holds 'berth-cgroup setup 2>&1 | grep nsdelegate'
	healthy "in the end" alice --container web
}
