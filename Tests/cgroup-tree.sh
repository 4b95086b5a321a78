# shellcheck shell=bash
# Sourced in a new mount namespace: functions for the cgroup2 hierarchy, mounted as OpenRC mounts
# it. The kernel has only one such hierarchy, which the machine uses as well. Therefore only one
# script or test at a time uses it, and removes everything that it created. CgroupHost.swift takes
# the same lock.

tree_mount() {
	# Version 1 hierarchies may be mounted beneath it.
	while umount -l /sys 2>/dev/null; do :; done
	mount -t sysfs sysfs /sys
	mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
}

# tree_lock: takes the lock, so that no other test has cgroups. For a script that only reads them.
# Programs that keep running after the script must not inherit descriptor 8, which holds the lock.
tree_lock() {
	exec 8</sys/fs/cgroup
	flock 8
}

# tree_enter: mounts the tree, takes the lock, and sets `controller` to a controller that Berth's
# cgroups can use. Fails with a message if there is none. See tree_lock.
tree_enter() {
	tree_mount
	tree_lock
	controller=
	local candidate
	for candidate in memory hugetlb io misc; do
		if grep -qw "$candidate" /sys/fs/cgroup/cgroup.controllers; then
			controller=$candidate
			break
		fi
	done
	[ -n "$controller" ] || { echo 'no controller of the unified tree is free'; return 1; }
	# A script that was killed may have left empty cgroups.
	[ ! -d /sys/fs/cgroup/berth ] \
		|| find /sys/fs/cgroup/berth -depth -type d -exec rmdir {} \; 2>/dev/null
	[ ! -d /sys/fs/cgroup/berth ] || { echo '/sys/fs/cgroup/berth is in use'; return 1; }
	tree_before=$(cat /sys/fs/cgroup/cgroup.subtree_control)
	trap tree_leave EXIT
}

# Kills the processes in Berth's cgroups, and removes the cgroups.
tree_leave() {
	cd /sys/fs/cgroup || return
	if [ -d berth ]; then
		echo 1 >berth/cgroup.kill
		for _ in $(seq 3000); do
			grep -q 'populated 0' berth/cgroup.events && break
			sleep 0.05
		done
		find berth -depth -type d -exec rmdir {} \;
	fi
	grep -qw "$controller" <<<"$tree_before" || echo "-$controller" >cgroup.subtree_control
}
