#!/bin/sh
# musl-root.sh DIRECTORY: links the headers and libraries of musl, as Debian installs them beside
# those of glibc, and the headers of the kernel in this directory, as on a host whose C library is
# musl. Does nothing if the directory is /.
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
