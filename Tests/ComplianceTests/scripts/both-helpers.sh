#!/bin/bash
# both-helpers.sh PROCESS: 10 creates by each helper at once, as eve, for the container with this
# process.
for _ in $(seq 10); do
	for helper in peer ours; do
		setpriv --reuid 2000 --regid 2000 --clear-groups \
			/run/test/bin/$helper-nic create /p n "$1" veth br0 &
	done
done
wait
