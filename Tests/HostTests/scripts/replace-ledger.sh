#!/bin/bash
# replace-ledger.sh HOLDER: once a process waits for the ledger's lock, replaces the ledger with a
# new file and kills the holder.
for _ in $(seq 3000); do
	! grep -q -e '-> POSIX' /proc/locks || break
	sleep 0.02
done
mv /run/lxc/nics /run/test/old
touch /run/lxc/nics
kill "$1"
