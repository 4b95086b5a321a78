#!/bin/bash
# private-dev.sh: gives this mount namespace a /dev of its own, in which a test can create /dev/log.
set -e
new=/run/test/dev
mkdir "$new"
mount -t tmpfs -o mode=755 tmpfs "$new"
for file in null zero full random urandom tty; do
	touch "$new/$file"
	mount --bind "/dev/$file" "$new/$file"
done
ln -s /proc/self/fd "$new/fd"
mount --rbind "$new" /dev
