#!/bin/bash
# run-delayed.sh MICROSECONDS: delays eve's berth-run for that time, after it has got root's
# permissions to leave its cgroup. Prints the cgroup of the command, and the exit status.
setpriv --reuid 2000 --regid 2000 --clear-groups /run/test/bin/berth-run true
strace -qq -u eve -o /run/test/trace -e inject=setfsuid:delay_exit="$1":when=1 \
	/run/test/bin/berth-run grep ^0:: /proc/self/cgroup 2>/run/test/complaint
echo $?
