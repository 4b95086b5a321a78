#!/bin/bash
# kill-replacing.sh NIC PROCESS ROUNDS: as eve, creates a NIC that replaces NIC. Kills the helper
# once NIC is gone, after ROUNDS rounds of a loop. Prints its exit status.
setpriv --reuid 2000 --regid 2000 --clear-groups \
	/run/test/bin/ours-nic create /p web "$2" veth br0 >/dev/null &
helper=$!
while [ -e "/sys/class/net/$1" ] && kill -0 $helper 2>/dev/null; do :; done
for ((round = 0; round < $3; round++)); do :; done
kill -KILL $helper 2>/dev/null
wait $helper
echo $?
