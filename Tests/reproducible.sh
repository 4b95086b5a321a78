#!/bin/bash
# reproducible.sh [REVISION]: clones the repository into two directories with different names,
# builds the programs and the Debian package in both, and compares checksums. REVISION is HEAD by
# default.
set -euo pipefail
source=$(readlink -f "$(dirname "$0")/..")
# HEAD may change while this runs.
revision=$(git -C "$source" rev-parse "${1:-HEAD}")
work=$(mktemp -d)
# On failure, the log of the build says why.
trap '[ $? = 0 ] || cat "$work/log" >&2; rm -rf "$work"' EXIT
# Another make, with options of its own, may be running this.
unset MAKEFLAGS MAKELEVEL

# build DIRECTORY UMASK TIMEZONE DATE: writes the checksums of the results to DIRECTORY.sums. DATE
# is that of the sources.
build() (
	umask "$2"
	export TZ=$3
	git clone -q --no-checkout "$source" "$1"
	cd "$1"
	git -c advice.detachedHead=false checkout -q "$revision"
	git ls-files -z | xargs -0 touch --date="$4"
	make all
	if compgen -G '/usr/lib/*-linux-musl/libc.a'; then make musl; fi
	etc/debian/build .build/deb
	for results in .build/{static,setuid,musl,service}/release .build/deb; do
		[ ! -d "$results" ] || (cd "$results" && find . -maxdepth 1 -type f \
			\( -name 'berth*' -executable -o -name '*.deb' \) -exec sha256sum {} +)
	done | sort -k 2 >"$1.sums"
)
build "$work/one" 022 UTC now >"$work/log" 2>&1
build "$work/another/two" 027 Asia/Tokyo 2001-01-01 >"$work/log" 2>&1
: >"$work/log"

cat "$work/one.sums"
[ "$(wc -l <"$work/one.sums")" -gt 6 ] || { echo 'programs or packages are missing' >&2; exit 1; }
diff "$work/one.sums" "$work/another/two.sums" >&2 || { echo 'the builds differ' >&2; exit 1; }
echo 'Both builds are identical.'
