#!/bin/bash
# cgroup-snapshot.sh: prints names, owners and permissions in Berth's part of the tree, and the
# contents of files that are settings.
cd /sys/fs/cgroup/berth || exit
find . -printf '%p %U:%G %m\n' | sort
grep -r . --include='*.max*' --include='cgroup.subtree_control' . | sort
cat /sys/fs/cgroup/cgroup.subtree_control
