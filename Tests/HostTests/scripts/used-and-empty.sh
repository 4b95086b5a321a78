#!/bin/bash
# used-and-empty.sh: runs 40 commands as eve, with 24 cgroups in use and 60 empty ones. Prints how
# many cgroups were in use at the end.
as_eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }
berth_run=/run/test/bin/berth-run
cd /sys/fs/cgroup/berth || exit
for _ in $(seq 24); do
	setpriv --reuid 2000 --regid 2000 --clear-groups $berth_run sleep 600 &
done
for _ in $(seq 3000); do
	[ "$(pgrep -cx -u 2000 sleep)" != 24 ] || break
	sleep 0.02
done
as_eve mkdir u2000/run-{1..60}
for _ in $(seq 40); do as_eve $berth_run true; done
grep -l 'populated 1' u2000/run-*/cgroup.events | wc -l
{ pkill -x -u 2000 sleep && wait; } 2>/dev/null
