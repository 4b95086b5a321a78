#!/bin/bash
# netlink-messages.sh: compiles netlink-messages.c with the clang of Swift, and runs it.
set -eu
here=$(dirname "$(readlink -f "$0")")
module=$here/../../../Sources/CNetlinkMusl
clang=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/clang
[ -x "$clang" ] || clang=clang
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$clang" -O1 -g -fuse-ld=lld -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-Wall -Wextra -Werror -I"$module" -I"$module/include" \
	"$here/netlink-messages.c" -o "$work/compare" -lnl-3
"$work/compare"
