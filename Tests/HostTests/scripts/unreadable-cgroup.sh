#!/bin/bash
# unreadable-cgroup.sh: runs berth-run as eve from a service's cgroup whose files cannot be listed.
cd /sys/fs/cgroup && mkdir openrc.berth-test || exit
echo 0 >openrc.berth-test/hugetlb.2MB.max
echo $$ >openrc.berth-test/cgroup.procs || exit
exec strace -qq -u eve -o /dev/null -e inject=getdents64:error=ENOMEM \
	/run/test/bin/berth-run true
