#!/bin/bash
# cgroup-leave.sh [CONTROLLERS]: kills the processes in the cgroups that a test may have created,
# and removes the cgroups. In the root cgroup, only CONTROLLERS stay enabled.
cd /sys/fs/cgroup || exit
for top in berth berth-other berth-limited berth-test openrc.berth-test 4000000001 \
	user.slice/user-4000000001.slice; do
	[ -d $top ] || continue
	echo 1 >$top/cgroup.kill
	for _ in $(seq 3000); do
		grep -q 'populated 0' $top/cgroup.events && break
		sleep 0.02
	done
	find $top -depth -type d -exec rmdir {} \;
done
[ $# = 1 ] || exit 0
read -ra enabled <cgroup.subtree_control
for controller in "${enabled[@]}"; do
	[[ " $1 " == *" $controller "* ]] || echo "-$controller" >cgroup.subtree_control
done
