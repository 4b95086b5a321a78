#!/bin/bash
# leave-cgroup.sh CGROUP [LIMITED]: runs berth-run as eve from this cgroup, and exits with its
# status. LIMITED is a cgroup that gets a limit first. Prints the cgroup of the command.
cd /sys/fs/cgroup || exit
mkdir -p "$1" || exit
if [ -n "${2:-}" ]; then
	echo +hugetlb >"$2/../cgroup.subtree_control" && echo 0 >"$2/hugetlb.2MB.max" || exit
fi
(
	echo $BASHPID >"$1/cgroup.procs" && cd / || exit
	setpriv --reuid 2000 --regid 2000 --clear-groups \
		/run/test/bin/berth-run grep ^0:: /proc/self/cgroup
)
status=$?
rmdir -p "$1" 2>/dev/null
exit $status
