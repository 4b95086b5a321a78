#!/bin/bash
# create-without-descriptors.sh PROCESS: as eve, creates a NIC, and sets the helper's limit on
# descriptors to 0 while the helper waits for the lock of the ledger.
set -e
holder=$("${0%/*}/hold-ledger.sh")
as_eve=(setpriv --reuid 2000 --regid 2000 --clear-groups)
"${as_eve[@]}" /run/test/bin/ours-nic create /p web "$1" veth br0 &
helper=$!
for _ in $(seq 500); do
	! grep -q -e '-> POSIX' /proc/locks || break
	sleep 0.02
done
grep -q -e '-> POSIX' /proc/locks
"${as_eve[@]}" prlimit --pid $helper --nofile=0:0
kill "$holder"
wait $helper
