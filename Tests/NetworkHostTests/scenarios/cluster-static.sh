# The static addresses of NICs are repeated for FRR 10, which often misses the first notification.
# berth-net run repeats them when a NIC appears; otherwise, start and reload do. See cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
cluster_begin 1
cluster_settings 1 evpn
expect "start succeeds" on 1 "$BERTH_NET" start
on 1 bridge monitor fdb >/run/monitor 2>&1 &
lab_servers="$lab_servers $!"
# notified NIC: how often the kernel has sent a notification of its static address.
notified() { grep -c "^$(hardware 1 "$1") .*static" /run/monitor; }
becomes() { # becomes NUMBER NIC
	for _ in $(seq 50); do
		[ "$(notified "$2")" != "$1" ] || return 0
		sleep 0.1
	done
	return 1
}
for user in alice carol; do container 1 "web$user" "$user"; done
expect "the kernel notifies programs of the address of a new NIC" becomes 1 webcarol
sleep 1
equal "without berth-net run, it is not repeated" "$(notified webcarol)" 1
expect "reload succeeds" on 1 "$BERTH_NET" reload
expect "reload repeats the address" becomes 2 webcarol
equal "an address that is not static is not repeated" "$(notified webalice)" 0

on 1 "$BERTH_NET" run >/run/log.run 2>&1 </dev/null &
until on 1 test -e /run/lxc/berth-net.run; do sleep 0.1; done
expect "run repeats the addresses that exist" becomes 3 webcarol
container 1 later carol
expect "run repeats the address of a new NIC" becomes 2 later
expect "reload succeeds under run" on 1 "$BERTH_NET" reload
sleep 1
equal "reload leaves the repetition to run" "$(notified webcarol) $(notified later)" '3 2'
