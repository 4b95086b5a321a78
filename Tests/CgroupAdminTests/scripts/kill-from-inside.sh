#!/bin/bash
# kill-from-inside.sh: root kills processes from a cgroup of eve. Prints the exit status of each
# gc --kill. The last one names the cgroup, and kills this script, too.
berth_cgroup=/run/test/bin/berth-cgroup
mkdir /sys/fs/cgroup/berth/u2000/run-own || exit
echo $$ >/sys/fs/cgroup/berth/u2000/run-own/cgroup.procs || exit
$berth_cgroup gc --kill --all
echo status $?
$berth_cgroup gc --kill eve
echo status $?
$berth_cgroup gc --kill u2000/run-own
echo never
