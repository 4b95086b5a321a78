# shellcheck shell=bash
# The kernel's one tree of cgroups, as OpenRC mounts it: sourced, in a mount table of one's own. What is
# made there is seen by others, so that only one at a time is in it, and leaves nothing. CgroupHost.swift
# does the same.

tree_mount() {
	# With the trees of the first version that may be mounted beneath it.
	while umount -l /sys 2>/dev/null; do :; done
	mount -t sysfs sysfs /sys
	mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
}

# tree_enter: mounts the tree, and finds the $controller that Berth's cgroups may have. Fails, and says
# why, where there is none. What is started from then on, and stays, must not have descriptor 8, which
# keeps others out.
tree_enter() {
	tree_mount
	exec 8</sys/fs/cgroup
	flock 8
	controller=
	local candidate
	for candidate in memory hugetlb io misc; do
		if grep -qw "$candidate" /sys/fs/cgroup/cgroup.controllers; then controller=$candidate; break; fi
	done
	[ -n "$controller" ] || { echo 'no controller of the unified tree is free'; return 1; }
	# One that was killed has left it, without processes.
	[ ! -d /sys/fs/cgroup/berth ] || find /sys/fs/cgroup/berth -depth -type d -exec rmdir {} \; 2>/dev/null
	[ ! -d /sys/fs/cgroup/berth ] || { echo '/sys/fs/cgroup/berth is in use'; return 1; }
	tree_before=$(cat /sys/fs/cgroup/cgroup.subtree_control)
	trap tree_leave EXIT
}

# Ends what is in Berth's cgroups, and takes them away.
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
