#!/bin/bash
# threaded-cgroups.sh: starts four processes of eve: one in eve's cgroup itself, and one in each of
# three threaded cgroups in it. Fails if one of them cannot be made.
cd /sys/fs/cgroup/berth/u2000 || exit
# shellcheck disable=SC2016 # the variables of the inner shell
exec setpriv --reuid 2000 --regid 2000 --init-groups /run/test/bin/berth-run sh -ec '
	echo -hugetlb >cgroup.subtree_control
	echo $$ >cgroup.procs
	for leaf in run-a run-b run-c; do
		mkdir $leaf
		echo threaded >$leaf/cgroup.type
	done
	for leaf in run-a run-b run-c .; do
		sleep 300 <&- >&- 2>&- &
		echo $! >$leaf/cgroup.procs
	done'
