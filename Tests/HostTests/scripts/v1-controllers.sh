#!/bin/bash
# v1-controllers.sh: prints controllers with which cgroup v1 can be mounted without removing any
# from cgroup v2: those of an existing hierarchy, or else one that cgroup v2 does not use.
controllers=$(awk '!/^#/ && $2 > 0 { names[$2] = names[$2] "," $1 }
	END { for (tree in names) { print substr(names[tree], 2); exit } }' /proc/cgroups)
controllers=${controllers:-freezer}
unshare -m mount -t cgroup -o "$controllers" x /mnt 2>/dev/null && echo "$controllers"
