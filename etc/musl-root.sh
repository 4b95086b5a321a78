#!/bin/sh
# musl-root.sh DIRECTORY: creates, in DIRECTORY, symbolic links to the headers and libraries of musl
# and to the headers of the kernel, so that it looks like the root directory of a host whose C
# library is musl. Debian installs musl beside glibc. Does nothing if DIRECTORY is /.
set -eu
[ "$1" != / ] || exit 0
machine=$(uname -m)-linux
if [ ! -e "/usr/lib/$machine-musl/libc.a" ]; then
	echo "musl's libc.a is missing: install musl-dev and musl-tools" >&2
	exit 1
fi
rm -rf "$1"
mkdir -p "$1/usr/include"
ln -s "/usr/include/$machine-musl"/* /usr/include/linux /usr/include/asm-generic \
	"/usr/include/$machine-gnu/asm" "$1/usr/include/"
ln -s "/usr/lib/$machine-musl" "$1/usr/lib"
