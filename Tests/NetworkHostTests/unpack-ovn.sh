#!/bin/sh
# unpack-ovn.sh: unpacks OVN in .build/ovn, from the package sources of this machine, unless it is
# installed or unpacked. Installing its packages would start daemons, which create a bridge.
#
# Status 77: OVN is not available; the last line gives the reason.
[ ! -x /usr/bin/ovn-northd ] || [ ! -x /usr/bin/ovn-controller ] || exit 0
directory=$(dirname "$(readlink -f "$0")")/../../.build/ovn
[ ! -d "$directory" ] || exit 0
skip() {
	rm -rf "$directory.part"
	echo "$1"
	exit 77
}
command -v dpkg-deb >/dev/null || skip "OVN is not installed, and this host has no dpkg"
mkdir -p "$directory.part/packages" || exit 1
cd "$directory.part/packages" || exit 1
for package in ovn-common ovn-central ovn-host; do
	apt-get -q download "$package" >/dev/null 2>&1 ||
		skip "OVN is not installed, and no package source of this machine has $package"
	dpkg-deb -x "$package"_*.deb .. || exit 1
done
rm -r "$directory.part/packages"
mv "$directory.part" "$directory"
