#!/bin/bash
# session-resumed.sh APPLICATION CALL: stops bob's session at the call, lowers bob's limit, and
# resumes the session. Prints the limit before and after.
# shellcheck source=Tests/CgroupAdminTests/scripts/session-stopped.sh
. "$(dirname "$0")/session-stopped.sh"
stopped_session "$@"
file=/sys/fs/cgroup/berth/u2001/hugetlb.2MB.max
setpriv --reuid 2001 --regid 2001 --init-groups /run/test/bin/berth-run true && cat $file
echo '@team * hugetlb.2MB.max=2097152' >/etc/lxc/lxc-usercgroup
/run/test/bin/berth-cgroup reload
kill -CONT "$pid"
wait "$session"
cat $file
