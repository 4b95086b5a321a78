#!/bin/bash
# run-moved.sh: stops eve's berth-run after it has created the command's cgroup, moves it to the
# cgroup berth-test, and resumes it. Prints its cgroup then, or that of the command, and the exit
# status.
trace=/run/test/trace
mkdir /sys/fs/cgroup/berth-test || exit
# It creates the user's cgroup; afterwards, the only directory created is the command's cgroup.
setpriv --reuid 2000 --regid 2000 --clear-groups /run/test/bin/berth-run true
strace -qq -u eve -o $trace -e inject=mkdirat:signal=STOP:when=1 \
	/run/test/bin/berth-run grep ^0:: /proc/self/cgroup 2>/run/test/complaint &
tracer=$!
for _ in $(seq 3000); do
	process=$(pgrep -P $tracer) && grep -qs 'stopped by SIGSTOP' $trace && break
	sleep 0.02
done
echo "$process" >/sys/fs/cgroup/berth-test/cgroup.procs
grep ^0:: "/proc/$process/cgroup"
# strace may still be about to stop it.
while kill -0 $tracer 2>/dev/null; do
	setpriv --reuid 2000 --regid 2000 --clear-groups kill -CONT "$process" 2>/dev/null
	sleep 0.1
done
wait $tracer
echo $?
rmdir /sys/fs/cgroup/berth-test
