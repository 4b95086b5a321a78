#!/bin/bash
# host.sh BERTH-NIC LXC-USER-NIC: prepares new mount, network and PID namespaces as the host of one
# test. The host has a private /run and /etc, users eve and bob, and both helpers, setuid root, in
# /run/test/bin.
set -e
# Process 1 of the PID namespace mounts its /proc.
for _ in $(seq 3000); do
	[ /proc/1/ns/pid -ef /proc/self/ns/pid ] && break
	sleep 0.02
done
[ /proc/1/ns/pid -ef /proc/self/ns/pid ]
mount -t tmpfs -o mode=755 tmpfs /run
mount -t sysfs sysfs /sys
mkdir -p /run/test/etc /run/test/bin
cp -a /etc/. /run/test/etc/
mount --bind /run/test/etc /etc
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' >/etc/nsswitch.conf
for user in eve:2000 bob:2001; do
	echo "${user%:*}:x:${user#*:}:${user#*:}::/run:/bin/sh" >>/etc/passwd
	echo "${user%:*}:x:${user#*:}:" >>/etc/group
done
rm -rf /etc/lxc/lxc-usernet
install -m 4755 "$1" /run/test/bin/ours-nic
[ ! -e "$1.nss" ] || install -m 700 "$1.nss" /run/test/bin/berth-nic.nss
install -m 4755 "$2" /run/test/bin/peer-nic
ip link set lo up
