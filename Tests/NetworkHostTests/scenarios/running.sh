# berth-net run: notifies readiness, restores what is removed, and exits without interrupting
# containers.
lab_outside
echo | lab_settings
python3 - <<'END' &
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/notify")
with open("/run/notes", "wb", 0) as notes:
    while True:
        notes.write(s.recv(4096).replace(b"\n", b" ") + b"\n")
END
listener=$!
until [ -S /run/notify ]; do sleep 0.05; done
soon() { # soon COMMAND…: retries the command for up to a minute
	for lab_try in $(seq 600); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
NOTIFY_SOCKET=/run/notify "$BERTH_NET" run 2>/run/log &
service=$!
expect "berth-net run notifies readiness" soon grep -q READY=1 /run/notes
expect "the network is up when berth-net run is ready" "$BERTH_NET" status
ip addr flush dev lxcbr0 scope global
expect "a removed address is restored" soon sh -c 'ip addr show lxcbr0 | grep -q "inet 10.0.3.1/24"'
ip link set lxcbr0 down
expect "the link is set up again" soon sh -c 'ip link show lxcbr0 | grep -q "[<,]UP"'
old=$(cat /run/lxc/dnsmasq.pid)
kill -9 "$old"
expect "a killed dnsmasq is started again" soon sh -c \
	'new=$(cat /run/lxc/dnsmasq.pid) && [ "$new" != "$1" ] && kill -0 "$new"' - "$old"
ip link del lxcbr0
expect "the bridge is restored" soon sh -c 'ip addr show lxcbr0 | grep -q "inet 10.0.3.1/24"'
nft flush ruleset
expect "the rules are restored" soon nft list table inet berth_lxcbr0
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\necho it is broken >&2\nexit 1\n' >/usr/local/sbin/dnsmasq
chmod +x /usr/local/sbin/dnsmasq
kill "$(cat /run/lxc/dnsmasq.pid)"
ip link del lxcbr0
nft flush ruleset
expect "berth-net run logs what it cannot restore" \
	soon grep -q 'not restored: .*dnsmasq failed' /run/log
expect "the table is restored although dnsmasq fails" soon nft list table inet berth_lxcbr0
expect "the bridge is restored although dnsmasq fails" \
	sh -c 'ip addr show lxcbr0 | grep -q "inet 10.0.3.1/24"'
: >/run/log
cat >/usr/local/sbin/dnsmasq <<'DNSMASQ'
#!/bin/sh
exec 9>/run/killers
flock -s 9
/usr/sbin/dnsmasq "$@" 9>&-
(sleep 0.4; kill "$(cat /run/lxc/dnsmasq.pid)") </dev/null >/dev/null 2>&1 &
DNSMASQ
expect "dnsmasq is started once it works again" soon grep -q 'restored: + lxcbr0: dnsmasq' /run/log
sleep 5
expect "a dnsmasq that always exits is restarted with back-off" \
	sh -c '[ "$(grep -ac "restored: + lxcbr0: dnsmasq" /run/log)" -le 5 ]'
umount -l /usr/local/sbin
# The first start waits for a restart in progress. When all pending kills are done, the second one
# starts dnsmasq again.
"$BERTH_NET" start >/dev/null 2>&1
flock /run/killers true
"$BERTH_NET" start >/dev/null 2>&1
echo 'LXC_FORWARDS=tcp:25=10.0.3.9:25' | lab_settings
kill -HUP $service
expect "SIGHUP makes berth-net run reload the settings" \
	soon sh -c 'nft list table inet berth_lxcbr0 | grep -q 10.0.3.9'
echo 'LXC_FORWARDS=nonsense' | lab_settings
kill -HUP $service
expect "invalid settings change nothing" soon grep -q 'not reloaded.*LXC_FORWARDS' /run/log
expect "berth-net run continues after invalid settings" kill -0 $service
echo | lab_settings
lab_container web
expect "a container has its address" lab_lease web
kill $service
wait $service
equal "berth-net run exits with status 0 after SIGTERM" "$?" 0
expect "berth-net run notifies its exit" soon grep -q STOPPING=1 /run/notes
expect "the container stays connected after berth-net run has exited" reaches4 web 192.0.2.2
"$BERTH_NET" run --ready-fd 3 2>/run/log 3>/run/ready &
service=$!
expect "the next run notifies readiness on its descriptor" soon test -s /run/ready
equal "the notification on the descriptor is a line feed" "$(od -An -c /run/ready)" '  \n'
expect "the plan is empty when the next run is ready" "$BERTH_NET" plan
equal "one dnsmasq is running" "$(lab_state | grep -c /dnsmasq)" 1
ip link del vweb
kill $service
wait $service
refute "without containers the bridge is removed" ip link show lxcbr0
equal "berth-net run removes the rules when it exits without containers" "$(nft list ruleset)" ""
kill $listener
