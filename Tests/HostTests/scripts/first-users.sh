#!/bin/bash
# first-users.sh PROCESS: 20 creates at once, as eve, for containers c1 to c20. Each output line is
# the name of a container and the answer.
for n in $(seq 20); do
	{
		answer=$(setpriv --reuid 2000 --regid 2000 --clear-groups \
			/run/test/bin/ours-nic create /p "c$n" "$1" veth br0 2>&1)
		echo "c$n $answer"
	} &
done
wait
