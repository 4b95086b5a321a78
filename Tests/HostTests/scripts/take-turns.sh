#!/bin/bash
# take-turns.sh HOLDER: once four helpers wait, prints which ranges of a file they wait for, kills
# the process that holds the lock of the ledger, and waits until all four have written a row.
# until_is NUMBER COMMAND...: waits up to ten seconds until the command prints the number.
until_is() {
	local number=$1
	shift
	for _ in $(seq 500); do
		[ "$("$@")" = "$number" ] && return
		sleep 0.02
	done
}
waiting() { grep -c -e '-> POSIX' /proc/locks; }
rows() { grep -c . /run/lxc/nics; }
until_is 4 waiting
grep -e '-> POSIX' /proc/locks | awk '{ print $(NF - 1), $NF }' | sort
kill "$1"
until_is 4 rows
