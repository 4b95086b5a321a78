#!/bin/bash
# race-quota.sh USER PROCESS…: runs berth-nic create 64 times at once for each user with that ID,
# for the container with that process.
# shellcheck source=Tests/HostTests/scripts/patiently.sh
. "$(dirname "$0")/patiently.sh"
for _ in $(seq 64); do
	for ((position = 1; position < $#; position += 2)); do
		patiently "${!position}" create /p n "${@:position+1:1}" veth br0 &
	done
done
wait
