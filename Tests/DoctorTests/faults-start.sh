# shellcheck shell=bash
# StartFaults.swift runs this on a host with LXC, berth-net and alice. Each fault prevents lxc-start
# from starting a container before the network matters, or breaks the container's programs.
# shellcheck source=Tests/DoctorTests/start-steps.sh
. "${faults:?the directory of start-steps.sh}/start-steps.sh"

quiet 'as created'

# The configuration.
with 'lxc.idmap = u 1000 1001000 1'; broken 'ID mapped twice' id-map
with 'lxc.idmap = u 1000 5000 1' 'lxc.idmap = g 1000 5000 1'
broken 'own ID mapped inside a range' id-map
with 'lxc.idmap = u 70000 1000000 0'; broken 'empty range' id-map
with 'lxc.rootfs.options = nosuid,nodev,noexec'; broken 'noexec' rootfs
with 'lxc.rootfs.options = nosuid,nodev'; quiet 'nosuid and nodev'
with 'lxc.cap.drop = sys_time net_admin net_raw'; broken 'net_admin dropped' capabilities
with 'lxc.cap.drop =' 'lxc.cap.keep = chown setuid setgid'
broken 'few capabilities kept' capabilities
with 'lxc.cap.drop = sys_time mknod audit_write'; quiet 'other capabilities dropped'
with 'lxc.init.uid = 1000'; broken 'init is not root' capabilities
with 'lxc.prlimit.as = 1000000'; broken 'address space in kB' limits
with 'lxc.prlimit.nofile = 1048577'; broken 'above fs.nr_open' limits
with 'lxc.prlimit.nofile = 1024' 'lxc.prlimit.core = 0'; quiet 'sensible limits'
: >/run/console; chmod 600 /run/console
with 'lxc.console.path = /run/console'; broken 'console of root' config-files
sed -i 's/^\(lxc.net.0.link = \).*/\1lxcbr0 # NAT/' "$config"
broken 'comment behind a value' config
sed -i '/^#/d; /^$/d' "$config"; sed -i "1s/^/$(printf '\357\273\277')/" "$config"
broken 'byte order mark' config
mkdir "$HOME/My Files"; with "lxc.mount.entry = $HOME/My Files mnt none bind 0 0"
advised 'blank in a path' mounts
echo 'lxc.lxcpath = /srv/lxc' >"$HOME/.config/lxc/lxc.conf"
chown 5000:5000 "$HOME/.config/lxc/lxc.conf"
broken 'another lxcpath' id-map; rm -f "$HOME/.config/lxc/lxc.conf"

# Programs.
hook=$HOME/hook
program "$hook" '#!/bin/sh\r\nexit 0\r\n'; with "lxc.hook.pre-start = $hook"
advised 'hook with CR LF' hooks
program "$hook" '#!/usr/bin/env no-such-program\n'; with "lxc.hook.pre-start = $hook"
advised 'hook without its interpreter' hooks
program "$hook" '#!/usr/bin/env bash\nexit 0\n'; with "lxc.hook.pre-start = $hook"
quiet 'hook with env'
# The header of a program for 64-bit ARM.
arm='\0177ELF\0002\0001\0001\0000\0000\0000\0000\0000\0000\0000\0000\0000\0002\0000\0267\0000'
program "$hook" "$arm$(printf '\\0000%.0s' {1..64})"; with "lxc.hook.pre-start = $hook"
advised 'hook for another architecture' hooks
program "$root/start" '#!/bin/sh\r\nexec /sbin/init\r\n' 1000000:1000000
with 'lxc.init.cmd = /start'; advised 'init with CR LF' init
program "$root/start" '#!/bin/no-shell\n' 1000000:1000000
with 'lxc.init.cmd = /start'; advised 'init without its interpreter' init
rm "$root/start" "$hook"

# Files.
chown 0:0 "$config"; chmod 600 "$config"; advised 'configuration of root' user-files
rm "$config"; mkdir "$config"; advised 'configuration a directory' user-files
rm "$config"; ln -s /nowhere/config "$config"; advised 'dangling link' id-map
chown 0:0 "$root/etc/init.d/rcS"; chmod 700 "$root/etc/init.d/rcS"
advised 'script of root' rootfs-owners
chown 1000000:1000000 "$root/etc/init.d/rcS"; chmod 755 "$root/etc/init.d/rcS"
as_alice touch "$place/partial"; fault 'creation interrupted' rootfs --container web
quiet 'created'
chown -R 0:0 "$HOME/lxc"; own 'locks of root' lock-files; rm -rf "$HOME"/lxc.old
mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"
advised 'home read-only' lock-files 2>/dev/null
umount "$HOME"; restore

# The session.
session=(setpriv --no-new-privs); own 'no new privileges' session-rights
login+=(--bounding-set "-net_admin,-sys_admin"); own 'bounding set' session-rights
login=(--regid 100 --init-groups); own 'another primary group' session-rights
echo 'crew:x:6100:alice' >>/etc/group; echo '@crew veth lxcbr0 10' >/etc/lxc/lxc-usernet
login=(--regid 5000 --clear-groups); own 'group not active' session-rights
echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
session=(prlimit --nproc=3); own 'few processes' session-limits
session=(prlimit --nofile=16); own 'few files' session-limits
with 'lxc.prlimit.nofile = 1024'
session=(prlimit --nofile=256:256); own 'above the hard limit' limits

# Programs of the host.
cp /usr/bin/newuidmap /run/newuidmap; chmod 4750 /run/newuidmap
mount --bind /run/newuidmap /usr/bin/newuidmap
broken 'newuidmap of a group' id-map-programs; umount /usr/bin/newuidmap
cp /usr/bin/lxc-start /run/lxc-start; chmod 750 /run/lxc-start
mount --bind /run/lxc-start /usr/bin/lxc-start
fault 'lxc-start of a group' lxc; restore
umount /usr/bin/lxc-start
chmod 4750 /run/host/bin/berth-nic; broken 'helper of a group' helper
chmod 700 /run/host/libexec; broken 'closed directory of the helper' helper
chmod 700 /run/host/libexec; keeps=yes own 'closed directory, seen by alice' helper
chmod 755 /run/host/libexec
rm /usr/libexec/lxc/lxc-user-nic; cp -p /run/host/bin/berth-nic /usr/libexec/lxc/lxc-user-nic
quiet 'a copy of berth-nic'
ln -sf /run/host/bin/berth-nic /usr/libexec/lxc/lxc-user-nic

# File systems of the host.
cat /proc/cpuinfo >/run/cpuinfo; mount --bind /run/cpuinfo /proc/cpuinfo
broken 'file of proc covered' kernel-file-systems
mount -t tmpfs tmpfs /sys/firmware; broken 'directory of sysfs covered' kernel-file-systems
mount -t tmpfs tmpfs /sys/kernel/debug 2>/dev/null || mount -t tmpfs tmpfs /sys/fs/bpf
quiet 'empty directory of sysfs covered'
umount /sys/kernel/debug 2>/dev/null || umount /sys/fs/bpf
: >/run/null; chmod 644 /run/null; mount --bind /run/null /dev/null; doctor --container web
umount /dev/null
echo "null is a file: $(verdict devices)"; message devices >>/run/messages
mkdir /run/full; mount -t tmpfs -o size=32k,mode=755 tmpfs /run/full; cp -a /run/lxc/. /run/full
: >/run/full/nics; dd if=/dev/zero of=/run/full/fill bs=4k 2>/dev/null
mount --move /run/full /run/lxc; advised 'runtime directory full' installed-files
umount /run/lxc

# Accounts and policies.
sed -i 's/^alice:.*/& # LXC/' /etc/subuid /etc/subgid; broken 'comment in subuid' subordinate-ids
cp /etc/passwd /run/passwd; sed -i "/^alice:/i al:x:5000:5000::$HOME:/bin/bash" /etc/passwd
advised 'two names' user-id; cp /run/passwd /etc/passwd
echo 'alice veth lxcbr0 10 mtu=140' >/etc/lxc/lxc-usernet; advised 'small MTU' quota
echo 'alice veth lxcbr0 10 mtu=1400' >/etc/lxc/lxc-usernet; quiet 'usual MTU'
echo 'LXC_DHCP_HOSTS="alice/web,10.0.3.9"' >/etc/default/lxc-net; berth-net reload >/dev/null
with 'lxc.net.0.hwaddr = 00:16:3e:4a:5b:6c'; broken 'reservation bypassed' hardware-addresses
with 'lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx'; broken 'random address' hardware-addresses
rm /etc/default/lxc-net; berth-net reload >/dev/null
mount -o remount,hidepid=2 /proc; keeps=yes own 'hidden processes' dns
mount -o remount,hidepid=0 /proc

quiet 'at the end'
conclude
