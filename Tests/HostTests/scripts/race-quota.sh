#!/bin/bash
# race-quota.sh PROCESS: runs berth-nic create 64 times at once for the container with this process.
# shellcheck source=Tests/HostTests/scripts/patiently.sh
. "$(dirname "$0")/patiently.sh"
for _ in $(seq 64); do patiently create /p n "$1" veth br0 & done
wait
