# Any umask, closed or full descriptors, ignored signals, and directories that cannot be written.
lab_outside
echo 'LXC_DHCP_HOSTS=web,10.0.3.77' | lab_settings
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\necho "$@" >>/run/labels\n' >/usr/local/sbin/restorecon
chmod +x /usr/local/sbin/restorecon
expect "start with a umask of 077" sh -c 'umask 077; "$1" start' - "$BERTH_NET"
equal "a created directory gets its SELinux label" "$(cat /run/labels)" "/run/lxc
/run/lxc/dnsmasq.lxcbr0.names.d"
lab_container web
expect "dnsmasq can read the reservations as its own user" lab_lease web
equal "and the container gets the reserved address" "$(lab_address web)" 10.0.3.77
echo 'LXC_DHCP_HOSTS=web,10.0.3.78' | lab_settings
expect "reload" "$BERTH_NET" reload
expect "dnsmasq rereads them" lab_lease web
equal "with the new address" "$(lab_address web)" 10.0.3.78
ip link del vweb
expect "stop succeeds if standard output is full" sh -c '"$1" stop >/dev/full' - "$BERTH_NET"
expect "start succeeds with closed descriptors" sh -c '"$1" start >&- 2>&-' - "$BERTH_NET"
refute "status fails if standard output is full" sh -c '"$1" status >/dev/full' - "$BERTH_NET"
expect "stop succeeds if SIGCHLD is ignored" python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$BERTH_NET" stop
refute "and removes the bridge" ip link show lxcbr0

# The account of dnsmasq is deleted, for example with its package, while it runs.
expect "start as the account of dnsmasq" "$BERTH_NET" start
server=$(cat /run/lxc/dnsmasq.pid)
expect "dnsmasq runs" kill -0 "$server"
sed -i '/^dnsmasq:/d' /etc/passwd
expect "reload without that account" "$BERTH_NET" reload
refute "starts another dnsmasq" [ "$server" = "$(cat /run/lxc/dnsmasq.pid)" ]
expect "as nobody" \
	grep -q "^Uid:.65534" "/proc/$(cat /run/lxc/dnsmasq.pid)/status"
printf '%s\n' LXC_BRIDGE=lxcbr1 | lab_settings
"$BERTH_NET" reload 2>/run/errors
equal "another bridge cannot have the range of one that is up" "$?" 1
expect "and the message says what to do" \
	grep -q 'if lxcbr1 replaces lxcbr0, run berth-net stop and then berth-net start' /run/errors
expect "stop" "$BERTH_NET" stop
expect "start with the other bridge" "$BERTH_NET" start
refute "the former bridge is gone" ip link show lxcbr0
expect "stop the other" "$BERTH_NET" stop
echo 'LXC_DHCP_HOSTS=web,10.0.3.78' | lab_settings

mount -t tmpfs -o ro tmpfs /run/lxc
expect "a directory that cannot be written is named" \
	sh -c '"$1" start 2>&1 | grep -q "lock /run/lxc/berth-net.lock"' - "$BERTH_NET"
umount /run/lxc
: >/run/nothing
mount --bind /run/nothing /etc/machine-id
mount -o remount,ro /var/lib/lxc
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "start succeeds if the IPv6 seed cannot be saved" "$?" 0
expect "and warns" grep -q 'cannot write /var/lib/lxc/berth-net.seed' /run/warnings
chmod 666 /run/lxc/berth-net.json
refute "stop refuses a record that others can write" "$BERTH_NET" stop
expect "and says why" \
	sh -c '"$1" stop 2>&1 | grep -q "could be written by users other than root"' - "$BERTH_NET"
chmod 644 /run/lxc/berth-net.json
echo 'LXC_ADDR=nonsense' | lab_settings
cp /run/lxc/berth-net.json /run/kept
echo '{' >/run/lxc/berth-net.json
refute "stop fails if neither record nor settings can be parsed" "$BERTH_NET" stop
expect "and keeps the record" test -e /run/lxc/berth-net.json
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
expect "the real one is started" sh -c '"$1" reload | grep -q "+ lxcbr0: dnsmasq"' - "$BERTH_NET"
expect "stop" "$BERTH_NET" stop
expect "does not kill the other" kill -0 "$false"
