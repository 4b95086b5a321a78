# shellcheck shell=bash
# stopped_session APPLICATION CALL: starts bob's session with the application, and stops berth-pam
# at its first system call of that name. Sets `session` and `pid` to the process IDs of both. With
# strace -D, the session stays the parent of berth-pam.
stopped_session() {
	export TRACER="strace -D -qq -o /run/test/trace -e inject=$2:signal=STOP:when=1"
	/usr/bin/python3 "$1" <<<'open bob su' >/dev/null 2>&1 &
	session=$!
	for _ in $(seq 3000); do
		grep -qs 'stopped by SIGSTOP' /run/test/trace && break
		sleep 0.02
	done
	# shellcheck disable=SC2034 # for the script that sources this
	pid=$(pgrep -P "$session")
}
