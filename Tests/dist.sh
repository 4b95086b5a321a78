#!/bin/bash
# dist.sh ARCHIVE: builds the programs from a source archive without network access, and runs the
# unit tests.
#
# The build has its own network namespace with no interface up. The home directory is empty, and so
# is the cache of SwiftPM. Git reads no configuration. As root.
set -euo pipefail
archive=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -xf "$archive" -C "$work"
mkdir "$work/home"
cd "$work"/berth-*
[ -f swift-argument-parser/LICENSE.txt ]
cat >"$work/build" <<'BUILD'
set -euo pipefail
if git ls-remote https://github.com/apple/swift-argument-parser >/dev/null 2>&1; then
	echo 'GitHub can be reached, so this test would prove nothing' >&2
	exit 1
fi
make all
swift test --disable-xctest --filter "$UNIT_TESTS"
BUILD
modules='Linux|Netlink|Cgroups|Delegation|RunCommand|SystemdScope|NIC|Usernet|Network'
env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 TERM=dumb \
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_SYSTEM=/dev/null \
	UNIT_TESTS="^($modules)Tests" \
	unshare --net bash "$work/build"
for program in static/release/berth-{nic,run} setuid/release/berth-{nic,run,pam,scope} \
	service/release/berth{,-net,-cgroup}; do
	".build/$program" --version
done
