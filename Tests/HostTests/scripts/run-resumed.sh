#!/bin/bash
# run-resumed.sh CALL: stops eve's berth-run at its first system call CALL, changes eve's limit to
# 2097152, and resumes berth-run. Prints the limit before the change, unless CALL is faccessat2: eve
# has no cgroup then. Then prints the exit status of berth-run, and the limit after another run.
as_eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }
berth_run=/run/test/bin/berth-run
limit=/sys/fs/cgroup/berth/u2000/hugetlb.2MB.max
strace -qq -u eve -o /run/test/trace -e inject="$1":signal=STOP:when=1 \
	$berth_run true 2>/run/test/complaint &
tracer=$!
for _ in $(seq 3000); do
	pid=$(pgrep -P $tracer) && grep -qs 'stopped by SIGSTOP' /run/test/trace && break
	sleep 0.02
done
[ "$1" = faccessat2 ] || { as_eve $berth_run true && cat $limit; }
echo 'eve * hugetlb.2MB.max=2097152' >/etc/lxc/lxc-usercgroup
# A reload changes this cgroup if it exists.
[ ! -e $limit ] || echo 2097152 >$limit
# strace may still be about to stop it.
while kill -0 $tracer 2>/dev/null; do
	as_eve kill -CONT "$pid" 2>/dev/null
	sleep 0.1
done
wait $tracer
echo $?
as_eve $berth_run true && cat $limit
