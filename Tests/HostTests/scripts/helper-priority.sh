#!/bin/bash
# helper-priority.sh USER: waits for a helper of the user that waits for the lock of the ledger.
# Prints its policy, its nice value and how many processors it may use, before and after the user
# tries to lower them.
for _ in $(seq 500); do
	helper=$(awk '/-> POSIX/ { print $6; exit }' /proc/locks)
	[ -z "$helper" ] || break
	sleep 0.02
done
report() {
	echo "$(ps -o cls=,ni= -p "$helper" | xargs) $(taskset -cp "$helper" | sed 's/.*: //')"
}
as_user() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}" >/dev/null 2>&1; }
report
as_user "$1" chrt --idle --pid 0 "$helper"
as_user "$1" renice -n 19 -p "$helper"
as_user "$1" taskset -cp 0 "$helper"
report
