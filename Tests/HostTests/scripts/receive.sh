#!/bin/bash
# receive.sh PROCESS ADDRESS SECONDS: sends to the address by TCP, for that many seconds, and prints
# how many bytes a receiver in the network namespace of the process has got in this time.
transfer=$(dirname "$0")/../../MachineTests/guest/transfer
nsenter -t "$1" -n "$transfer" receive 7000 "$3" &
for _ in $(seq 100); do
	[ -z "$(nsenter -t "$1" -n ss -Hltn 'sport = 7000')" ] || break
	sleep 0.02
done
timeout 60 "$transfer" send "$2" 7000
wait
