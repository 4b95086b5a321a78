#!/bin/bash
# cgroup-sleeper.sh USER-ID: starts sleep(1) with berth-run as this user, and waits until it runs.
setpriv --reuid "$1" --regid "$1" --init-groups \
	/run/test/bin/berth-run sleep 300 <&- >&- 2>&- 8>&- 9>&- &
for _ in $(seq 3000); do
	while read -r process; do
		[ "$(cat "/proc/$process/comm")" != sleep ] || exit 0
	done < <(cat "/sys/fs/cgroup/berth/u$1"/run-*/cgroup.procs 2>&-)
	sleep 0.02
done
exit 1
