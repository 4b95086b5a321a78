#!/bin/bash
# race-delete.sh PROCESS: runs berth-nic create 24 times at once for the container with this
# process, and deletes half of the NICs.
# shellcheck source=Tests/HostTests/scripts/patiently.sh
. "$(dirname "$0")/patiently.sh"
one() {
	local answer
	answer=$(patiently 2000 create /p n "$2" veth br0) || echo "no: $answer"
	[ $(($1 % 2)) = 0 ] || return
	answer=$(patiently 2000 delete /p n "/proc/$2/ns/net" veth br0 "$(cut -d: -f3 <<<"$answer")") \
		|| echo "no: $answer"
}
for number in $(seq 24); do one "$number" "$1" & done
wait
