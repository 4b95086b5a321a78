#!/bin/bash
# hybrid-host.sh: mounts cgroups as on a host with both versions. Version 2 has no controllers
# there: only one that version 2 does not use can be mounted with version 1.
while umount -l /sys 2>/dev/null; do :; done
set -e
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/pids /sys/fs/cgroup/devices
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup/unified
mount -t cgroup -o pids cgroup /sys/fs/cgroup/pids \
	|| mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices
