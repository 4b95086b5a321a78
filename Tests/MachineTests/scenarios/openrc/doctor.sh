# berth doctor on a host without systemd: it finds what prevents the limits of a container from
# being applied. Its fixes are executed, and the container then has its limits.
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
	apply_fixes "a new user" alice
	expect "alice creates a container" as alice lxc-create -n web -t busybox
	healthy "a container without limits" alice --container web

	echo 'lxc.cgroup2.memory.max = 40M' >>$config
	refute "berth-run refuses, because no policy grants a cgroup" \
		session su alice 'berth-run lxc-start -n web'
	found "no policy" 'lxc.cgroup2.memory.max in' alice --container web
	apply_fixes "no policy" alice
	refute "without berth-cgroup setup, the limit is not applied" limited
	found "nothing set up" '# berth-cgroup setup' alice --container web
	apply_fixes "nothing set up" alice
	healthy "set up" alice --container web
	expect "the container runs with its limit" limited

	# The container starts, but lxc-attach from another session would fail.
	chown root: /sys/fs/cgroup/berth/u1000/cgroup.procs
	found "cgroup.procs belongs to root" 'alice may not write it' alice --container web
	apply_fixes "cgroup.procs belongs to root" alice
	expect "the container runs with its limit after the fix of cgroup.procs" limited
	expect "the controller memory can be disabled" eventually holds \
		'berth-cgroup gc && echo -memory >/sys/fs/cgroup/berth/u1000/cgroup.subtree_control'
	echo -memory >/sys/fs/cgroup/berth/cgroup.subtree_control
	refute "without the controller, the limit is not applied" limited
	found "the controller memory is disabled" 'cgroups: memory' alice --container web
	apply_fixes "the controller memory is disabled" alice
	expect "the container runs with its limit after the fix of the controller" limited
	# The option applies to the whole hierarchy. With the device named, mount(8) passes only the
	# options of the command line.
	mount -o remount,memory_recursiveprot none /sys/fs/cgroup
	refute "the option nsdelegate is off" options_have nsdelegate
	berth-cgroup setup >/run/setup 2>&1
	expect "berth-cgroup setup warns" \
		grep -qF 'mount -o remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup' /run/setup
	doctor alice --container web
	equal "berth doctor reports no problem, because containers start" "$?" 0
	expect "berth doctor warns" \
		grep -q '^  ! /sys/fs/cgroup: it is mounted without nsdelegate' /run/doctor
	sed -n 's/^      # \(mount -o remount,.*\)/\1/p' /run/doctor >/run/remount
	expect "the fix for the mount option works" bash -e /run/remount
	expect "the option nsdelegate is on" options_have nsdelegate
	expect "the other mount options are kept" options_have memory_recursiveprot
	refute "berth doctor does not warn after the fix" \
		holds 'doctor alice; grep -q nsdelegate /run/doctor'
	refute "berth-cgroup setup does not warn after the fix" \
		holds 'berth-cgroup setup 2>&1 | grep nsdelegate'
	healthy "at the end" alice --container web
}
