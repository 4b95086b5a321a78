#!/bin/bash
# hybrid-tree.sh CONTROLLERS: runs berth-run as eve on a host that has these controllers in cgroup
# v1, and has cgroup v2. If a tree cannot be mounted, fails with a status that berth-run does not
# use.
# shellcheck disable=SC2016 # the parameter of the inner shell
exec unshare -m sh -ec '
	umount /sys/fs/cgroup
	mount -t tmpfs x /sys/fs/cgroup
	mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/v1
	mount -t cgroup2 -o nsdelegate x /sys/fs/cgroup/unified
	mount -t cgroup -o "$1" x /sys/fs/cgroup/v1
	exec setpriv --reuid 2000 --regid 2000 --clear-groups /run/test/bin/berth-run true' sh "$1"
