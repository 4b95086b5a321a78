#!/bin/bash
# race-killed.sh PROCESS: runs berth-nic create 32 times at once for the container with this
# process, and kills 24 of the processes within ten milliseconds unless they have ended. Prints how
# many were killed.
# shellcheck source=Tests/HostTests/scripts/patiently.sh
. "$(dirname "$0")/patiently.sh"
create=(create /p n "$1" veth br0)
one() {
	timeout -s KILL "0.00$(($1 % 10))$(($1 % 7))" \
		setpriv --reuid 2000 --regid 2000 --clear-groups /run/test/bin/ours-nic \
		"${create[@]}" >/dev/null
	[ $? != 137 ] || echo killed
}
{
	for number in $(seq 24); do one "$number" & done
	for _ in $(seq 8); do patiently 2000 "${create[@]}" >/dev/null & done
	wait
} 2>/dev/null | grep -c killed
# timeout(1) does not wait until the killed process has left its last system call.
# shellcheck disable=SC2009 # pgrep lists zombies, too
while ps -C ours-nic,berth-nic -o stat= | grep -qv ^Z; do sleep 0.02; done
