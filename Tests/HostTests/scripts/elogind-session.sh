#!/bin/bash
# elogind-session.sh: runs commands as eve in an elogind session with a delegated cgroup. Prints the
# cgroup of the last command, and the controllers of all cgroups that berth-run left.
set -e
as_eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }
berth_run=/run/test/bin/berth-run
cd /sys/fs/cgroup
mkdir -p 4000000001/session 4000000001/delegated
echo +hugetlb >4000000001/cgroup.subtree_control
chown 2000 4000000001/{,session,delegated}/{,cgroup.procs,cgroup.subtree_control}
echo $$ >4000000001/session/cgroup.procs
for _ in 1 2 3; do as_eve $berth_run true; done
as_eve $berth_run grep ^0:: /proc/self/cgroup
cat 4000000001/delegated/run-*/cgroup.controllers
