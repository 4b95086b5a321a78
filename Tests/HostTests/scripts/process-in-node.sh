#!/bin/bash
# process-in-node.sh: as eve, disables the controllers of eve's cgroup, and starts a process in it.
# Then runs berth-run as eve, and exits with its status.
as_eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }
cd /sys/fs/cgroup/berth/u2000 || exit
as_eve /run/test/bin/berth-run sh -c '
	echo -hugetlb >cgroup.subtree_control && echo $$ >cgroup.procs && exec sleep 300' &
process=$!
for _ in $(seq 3000); do
	grep -q . cgroup.procs && break
	sleep 0.02
done
as_eve /run/test/bin/berth-run true
status=$?
kill $process
wait $process
exit $status
