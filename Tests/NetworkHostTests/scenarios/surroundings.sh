# Whatever it was started with, and wherever it cannot write.
lab_outside
echo 'LXC_DHCP_HOSTS=web,10.0.3.77' | lab_settings
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\necho "$@" >>/run/labels\n' >/usr/local/sbin/restorecon
chmod +x /usr/local/sbin/restorecon
expect "start with a umask of 077" sh -c 'umask 077; "$1" start' - "$BERTH_NET"
equal "a directory that is made gets its label" "$(cat /run/labels)" /run/lxc
lab_container web
expect "dnsmasq finds the reservations under its own name" lab_lease web
equal "by which the container has its address" "$(lab_address web)" 10.0.3.77
echo 'LXC_DHCP_HOSTS=web,10.0.3.78' | lab_settings
expect "reload" "$BERTH_NET" reload
expect "it finds them again" lab_lease web
equal "as they are now" "$(lab_address web)" 10.0.3.78
ip link del vweb
expect "stop that cannot say what it did" sh -c '"$1" stop >/dev/full' - "$BERTH_NET"
expect "start without output" sh -c '"$1" start >&- 2>&-' - "$BERTH_NET"
refute "status that cannot say what it found" sh -c '"$1" status >/dev/full' - "$BERTH_NET"
expect "stop where the ends of programs are ignored" python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$BERTH_NET" stop
refute "is stop" ip link show lxcbr0

mount -t tmpfs -o ro tmpfs /run/lxc
expect "a directory that cannot be written is named" sh -c '"$1" start 2>&1 | grep -q "lock /run/lxc/berth-net.lock"' - "$BERTH_NET"
umount /run/lxc
: >/run/nothing
mount --bind /run/nothing /etc/machine-id
mount -o remount,ro /var/lib/lxc
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "a range of IPv6 that cannot be kept is no failure" "$?" 0
expect "but said" grep -q 'cannot write /var/lib/lxc/berth-net.seed' /run/warnings
chmod 666 /run/lxc/berth-net.json
refute "a record that anybody could have written is not obeyed" "$BERTH_NET" stop
expect "which is said" sh -c '"$1" stop 2>&1 | grep -q "berth-net.json could be written by others"' - "$BERTH_NET"
chmod 644 /run/lxc/berth-net.json
echo 'LXC_ADDR=nonsense' | lab_settings
cp /run/lxc/berth-net.json /run/kept
echo '{' >/run/lxc/berth-net.json
refute "neither record nor settings can be understood" "$BERTH_NET" stop
expect "so nothing is forgotten" test -e /run/lxc/berth-net.json
cp /run/kept /run/lxc/berth-net.json

# Anybody may run a dnsmasq with these words: it is not the network's.
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
expect "leaves the other alone" kill -0 "$false"
