# Any umask, closed or full descriptors, ignored signals, and directories that cannot be written.
lab_outside
echo 'LXC_DHCP_HOSTS=web,10.0.3.77' | lab_settings
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\necho "$@" >>/run/labels\n' >/usr/local/sbin/restorecon
chmod +x /usr/local/sbin/restorecon
expect "start succeeds with a umask of 077" sh -c 'umask 077; "$1" start' - "$BERTH_NET"
equal "created directories get their SELinux labels" "$(cat /run/labels)" "/run/lxc
/run/lxc/dnsmasq.lxcbr0.names.d"
lab_container web
expect "dnsmasq can read the reservations as its own user" lab_lease web
equal "the container gets the reserved address" "$(lab_address web)" 10.0.3.77
echo 'LXC_DHCP_HOSTS=web,10.0.3.78' | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
expect "dnsmasq reads the changed reservations" lab_lease web
equal "the container gets the changed address" "$(lab_address web)" 10.0.3.78
ip link del vweb
expect "stop succeeds if standard output is full" sh -c '"$1" stop >/dev/full' - "$BERTH_NET"
expect "start succeeds with closed descriptors" sh -c '"$1" start >&- 2>&-' - "$BERTH_NET"
refute "status fails if standard output is full" sh -c '"$1" status >/dev/full' - "$BERTH_NET"
expect "stop succeeds if SIGCHLD is ignored" python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$BERTH_NET" stop
refute "stop removes the bridge if SIGCHLD is ignored" ip link show lxcbr0

# The account of dnsmasq is deleted, for example with its package, while it runs.
expect "start succeeds with the account of dnsmasq" "$BERTH_NET" start
server=$(cat /run/lxc/dnsmasq.pid)
expect "dnsmasq is running" kill -0 "$server"
sed -i '/^dnsmasq:/d' /etc/passwd
expect "reload succeeds without the account of dnsmasq" "$BERTH_NET" reload
refute "reload starts another dnsmasq" [ "$server" = "$(cat /run/lxc/dnsmasq.pid)" ]
expect "dnsmasq runs as nobody" \
	grep -q "^Uid:.65534" "/proc/$(cat /run/lxc/dnsmasq.pid)/status"
printf '%s\n' LXC_BRIDGE=lxcbr1 | lab_settings
"$BERTH_NET" reload 2>/run/errors
equal "reload refuses another bridge with the range of one that is up" "$?" 1
expect "reload says how to replace the bridge" \
	grep -q 'if lxcbr1 replaces lxcbr0, run berth-net stop and then berth-net start' /run/errors
expect "stop succeeds" "$BERTH_NET" stop
expect "start succeeds with the other bridge" "$BERTH_NET" start
refute "the former bridge is gone" ip link show lxcbr0
expect "stop succeeds with the other bridge" "$BERTH_NET" stop
echo 'LXC_DHCP_HOSTS=web,10.0.3.78' | lab_settings

mount -t tmpfs -o ro tmpfs /run/lxc
expect "start names the directory that it cannot write" \
	sh -c '"$1" start 2>&1 | grep -q "lock /run/lxc/berth-net.lock"' - "$BERTH_NET"
umount /run/lxc
: >/run/nothing
mount --bind /run/nothing /etc/machine-id
mount -o remount,ro /var/lib/lxc
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "start succeeds if the IPv6 seed cannot be saved" "$?" 0
expect "start warns that it cannot save the IPv6 seed" \
	grep -q 'cannot write /var/lib/lxc/berth-net.seed' /run/warnings
chmod 666 /run/lxc/berth-net.json
refute "stop refuses a record that others can write" "$BERTH_NET" stop
expect "stop says that others could write the record" \
	sh -c '"$1" stop 2>&1 | grep -q "could be written by users other than root"' - "$BERTH_NET"
chmod 644 /run/lxc/berth-net.json
echo 'LXC_ADDR=nonsense' | lab_settings
cp /run/lxc/berth-net.json /run/kept
echo '{' >/run/lxc/berth-net.json
refute "stop fails if neither record nor settings can be parsed" "$BERTH_NET" stop
expect "a stop that fails keeps the record" test -e /run/lxc/berth-net.json
cp /run/kept /run/lxc/berth-net.json

# A process of another user with the name and arguments of dnsmasq is not treated as dnsmasq.
kill "$(cat /run/lxc/dnsmasq.pid)"
rm /run/lxc/dnsmasq.pid
ln -s /usr/bin/perl /run/dnsmasq
setpriv --reuid 12345 --regid 12345 --clear-groups /run/dnsmasq -e 'sleep 600' -- \
	--interface=lxcbr0 --pid-file=/run/lxc/dnsmasq.pid </dev/null >/dev/null 2>&1 &
false=$!
lab_servers="$lab_servers $false"
sleep 0.2
echo | lab_settings
expect "reload starts dnsmasq although another process has its name" \
	sh -c '"$1" reload | grep -q "+ lxcbr0: dnsmasq"' - "$BERTH_NET"
expect "stop succeeds" "$BERTH_NET" stop
expect "stop does not kill the process that is not dnsmasq" kill -0 "$false"
