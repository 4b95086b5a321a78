#!/bin/bash
# orphaned.sh APPLICATION: kills bob's session while it waits for berth-pam, so that another process
# becomes the parent of berth-pam.
# shellcheck source=Tests/CgroupAdminTests/scripts/session-stopped.sh
. "$(dirname "$0")/session-stopped.sh"
stopped_session "$1" prlimit64
kill -KILL "$session"
wait "$session"
echo "$pid" >/run/test/pid
kill -CONT "$pid"
