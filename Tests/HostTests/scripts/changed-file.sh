#!/bin/bash
# changed-file.sh FILE PROCESS: runs berth-nic as eve, for the container of PROCESS, and stops it
# after it has read FILE for the first time. Writes /run/test/new into FILE, and resumes berth-nic.
# Prints what berth-nic prints, and exits with its status. eve gets no NIC without the change.
trace=/run/test/trace
traced() {
	exec strace -qq -y -u eve -o $trace -e trace=pread64 "$@" \
		/run/test/bin/ours-nic create /p web "$container" veth br0 2>&1
}
container=$2
(traced) >/dev/null
call=$(grep -n -m 1 -F "<$1>" $trace | cut -d: -f1)
[ -n "$call" ] || { echo "$1 is not read"; exit 99; }
traced -e inject=pread64:signal=STOP:when="$call" &
tracer=$!
for _ in $(seq 3000); do
	process=$(pgrep -P $tracer) && grep -qs 'stopped by SIGSTOP' $trace && break
	sleep 0.02
done
cat /run/test/new >"$1"
# strace may still be about to stop it.
while kill -0 $tracer 2>/dev/null; do
	setpriv --reuid 2000 --regid 2000 --clear-groups kill -CONT "$process" 2>/dev/null
	sleep 0.1
done
wait $tracer
