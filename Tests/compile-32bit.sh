#!/bin/bash
# compile-32bit.sh: compiles the C code for two 32-bit processors, i386 and armhf, with the clang
# of Swift and Debian's headers. CLinux.h asserts the sizes of the types that Swift assumes.
set -eu
cd "$(dirname "$0")/.."
clang=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/clang
[ -x "$clang" ] || clang=clang
status=0
# compile DIRECTORY FILE OPTION…
compile() {
	local directory=$1 file=$2
	shift 2
	"$clang" "$@" -std=gnu17 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
		-D_TIME_BITS=64 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
		-I"Sources/$directory/include" -c "$file" -o /dev/null \
		|| { echo "$file: it does not compile with $*"; status=1; }
}
for module in CLinux CSecureStart CNetlinkMusl CWithoutNSS CFilesOnly; do
	for file in Sources/"$module"/*.c; do
		# The kernel's headers for i386 are those for x86-64.
		compile $module "$file" --target=i686-linux-gnu -isystem /usr/include/x86_64-linux-gnu
		compile $module "$file" --target=armv7-linux-gnueabihf \
			-isystem /usr/arm-linux-gnueabihf/include
	done
done
exit $status
