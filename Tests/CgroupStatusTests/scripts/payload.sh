#!/bin/bash
# payload.sh CGROUP: starts twelve processes in the cgroup of the container "web", below this
# cgroup.
set -e
mkdir "$1/lxc.payload.web"
for _ in $(seq 12); do
	sleep 300 <&- >&- 2>&- &
	echo $! >"$1/lxc.payload.web/cgroup.procs"
done
