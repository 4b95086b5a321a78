#!/bin/bash
# session-killed.sh APPLICATION: kills eve's session while berth-cgroup examines it. Prints the
# state of the session, its exit status, "gone" when the session and its cgroup no longer exist, and
# how often its process ID was written to a file.
export TRACER='strace -D -qq -o /run/test/trace -e trace=ptrace,openat2,write
	-e inject=ptrace:delay_exit=5000000'
/usr/bin/python3 "$1" <<<'open eve su' >/dev/null 2>&1 &
session=$!
# eventually COMMAND…: retries the command for up to a minute.
eventually() {
	local deadline=$((SECONDS + 60))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.02
	done
}
state() { [ "$(cut -d' ' -f3 "/proc/$session/stat")" = "$1" ]; }
collected() { ! ls -d /sys/fs/cgroup/berth/u2000/run-* >&- 2>&-; }
eventually grep -qs ^ptrace /run/test/trace
sleep 0.2
kill -KILL $session
# The process ID of the session cannot be reused before this script waits for the session.
eventually state Z
cut -d' ' -f3 /proc/$session/stat
wait $session
echo $?
eventually collected
[ -e /proc/$session ] || echo gone
grep -c "write(.*, \"$session\"" /run/test/trace
