#!/bin/bash
# kill-from-inside.sh: runs gc --kill as root in a cgroup of eve, three times. Prints the exit
# status of each run. The last run names this cgroup, and kills this script, too.
berth_cgroup=/run/test/bin/berth-cgroup
mkdir /sys/fs/cgroup/berth/u2000/run-own || exit
echo $$ >/sys/fs/cgroup/berth/u2000/run-own/cgroup.procs || exit
$berth_cgroup gc --kill --all
echo status $?
$berth_cgroup gc --kill eve
echo status $?
$berth_cgroup gc --kill u2000/run-own
echo never
