#!/bin/bash
# cgroup-kill.sh USER-ID: kills the processes in a user's cgroup, and waits until they have ended.
cd "/sys/fs/cgroup/berth/u$1" || exit
echo 1 >cgroup.kill
for _ in $(seq 3000); do
	! grep -q 'populated 0' cgroup.events || exit 0
	sleep 0.02
done
exit 1
