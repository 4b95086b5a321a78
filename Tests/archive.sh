#!/bin/bash
# archive.sh ARCHIVE PREFIX: extracts the archive of `make static` in a root directory that has no C
# library, and runs each program there. Then it adds the host's nft(8) and dnsmasq(8) with their
# libraries, and runs a network. In new namespaces; needs root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
archive=$(realpath "$1")
if [ -z "${BERTH_ARCHIVE_TEST:-}" ]; then
	BERTH_ARCHIVE_TEST=1 exec unshare -m -n -u -- "$0" "$archive" "$2" </dev/null
fi
prefix=$2
LAB=$here/NetworkHostTests
# shellcheck source=Tests/NetworkHostTests/lab.sh
. "$LAB/lab.sh"
lab_begin
lab_outside

fail() { echo "archive.sh: $*" >&2; exit 1; }
root=/mnt
mount -t tmpfs -o mode=755 tmpfs $root
mkdir $root/{bin,dev,etc,proc,run,sys,tmp,var,root} $root/var/lib $root/var/lib/{misc,lxc}
cp -a /dev/null /dev/urandom $root/dev
mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys
mount -t tmpfs -o mode=755 tmpfs $root/run
cp "$(command -v busybox)" $root/bin/busybox
ln -s busybox $root/bin/sh
printf '%s\n' root:x:0:0::/root:/bin/sh alice:x:1000:1000::/home/alice:/bin/sh \
	nobody:x:65534:65534::/:/bin/false >$root/etc/passwd
printf '%s\n' root:x:0: alice:x:1000: nogroup:x:65534: >$root/etc/group
# The source systemd would need a module of the host's C library.
echo 'passwd: files systemd' >$root/etc/nsswitch.conf
tar -xzf "$archive" -C $root
mkdir -p $root/etc/default $root/etc/lxc
printf '%s\n' 'LXC_DOMAIN="lxc"' 'LXC_DHCP_HOSTS="alice/web,10.0.3.9"' >$root/etc/default/lxc-net
echo 'alice veth lxcbr0 10' >$root/etc/lxc/lxc-usernet

inside() { env -i PATH="$prefix/sbin:$prefix/bin:/usr/sbin:/usr/bin:/sbin:/bin" chroot $root "$@"; }
libraries() { find $root \( -path $root/proc -o -path $root/sys \) -prune -o \
	\( -name 'ld-*' -o -name '*.so' -o -name '*.so.*' \) -print; }
[ -z "$(libraries)" ] || fail "the root directory has libraries: $(libraries)"
for program in bin/berth bin/berth-run sbin/berth-net sbin/berth-cgroup libexec/berth/berth-nic; do
	inside "$prefix/$program" --version || fail "$program does not run without a C library"
done
# A user who is in no file is unknown: no module is loaded to look the user up elsewhere.
said=$(inside berth status --user nosuchuser 2>&1) \
	&& fail 'berth status knows a user that is in no file'
[[ $said == *nosuchuser* ]] || fail "berth status says: $said"
said=$(inside berth-net check 2>&1) || true
[[ $said == *'install nftables'* ]] || fail "berth-net check says: $said"

for program in nft dnsmasq; do
	path=$(command -v $program)
	cp --parents -L "$path" $root
	ldd "$path" | grep -o '/[^ )]*' | xargs cp --parents -L -n -t $root
done
lab_servers_of_root() {
	[ ! -e $root/run/lxc/dnsmasq.pid ] || kill "$(cat $root/run/lxc/dnsmasq.pid)" || true
	lab_end
}
trap lab_servers_of_root EXIT
inside berth-net start || fail 'berth-net start fails'
inside berth-net status >/dev/null || fail 'the network is not up'
lab_container web
lab_lease web || fail 'dnsmasq leases no address'
ip netns exec web ping -q -c 1 -W 2 192.0.2.2 >/dev/null || fail 'NAT does not work'
inside berth status
inside berth metrics | grep '^berth_' || fail 'berth metrics prints nothing'
# Doctor finds much that this directory lacks, and alice has no ID map.
inside berth doctor --all --problems | tail -n 3
inside berth-cgroup --help >/dev/null
inside berth-net reload || fail 'berth-net reload fails'
ip link del vweb
inside berth-net stop || fail 'berth-net stop fails'
! ip link show lxcbr0 >/dev/null 2>&1 || fail 'lxcbr0 remains'
echo "archive.sh: $(basename "$archive") runs without a C library"
