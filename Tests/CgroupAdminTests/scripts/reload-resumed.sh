#!/bin/bash
# reload-resumed.sh APPLICATION: stops bob's session while it sets up bob's cgroup, and resumes it
# while a reload waits for it. Prints bob's limit and the owner of the cgroup.
# shellcheck source=Tests/CgroupAdminTests/scripts/session-stopped.sh
. "$(dirname "$0")/session-stopped.sh"
stopped_session "$1" fsetxattr
echo '@team * hugetlb.2MB.max=2097152' >/etc/lxc/lxc-usercgroup
/run/test/bin/berth-cgroup reload &
reload=$!
# Both orders are correct: the reload finds the cgroup incomplete or complete.
sleep 0.15
kill -CONT "$pid"
wait "$session" $reload
cat /sys/fs/cgroup/berth/u2001/hugetlb.2MB.max
stat -c %U /sys/fs/cgroup/berth/u2001
