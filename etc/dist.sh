#!/bin/bash
# dist.sh DIRECTORY: writes the source archive berth-VERSION.tar.gz to DIRECTORY and prints its
# name.
#
# The archive contains the committed files and the pinned sources of swift-argument-parser, so that
# it builds without network access. Its contents depend only on the commit, which also pins the
# revision of the parser: the same commit gives the same bytes.
set -euo pipefail
directory=$(realpath -m "$1")
cd "$(dirname "$0")/.."
parser=.build/checkouts/swift-argument-parser
version=$(sed -n 's/.* number = "\(.*\)"/\1/p' Sources/HostPaths/Version.swift)
name=berth-$version
pin=$(sed -n 's/.*"revision" : "\(.*\)".*/\1/p' Package.resolved)
[ -z "$(git status --porcelain)" ] || echo "$0: uncommitted changes are not in the archive" >&2

rm -rf "${directory:?}/$name" "$directory/$name.tar.gz"
mkdir -p "$directory"
git archive --prefix="$name/" HEAD | tar -x -C "$directory"
git -C "$parser" archive --prefix="$name/swift-argument-parser/" "$pin" | tar -x -C "$directory"
# In the archive, Package.swift uses the parser's directory, so there is nothing left to pin.
rm "$directory/$name/Package.resolved"
tar --create --format=gnu --sort=name --mtime="@$(git log -1 --format=%ct)" \
	--owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s --directory="$directory" "$name" \
	| gzip -9 --no-name >"$directory/$name.tar.gz"
rm -r "${directory:?}/$name"
echo "$directory/$name.tar.gz"
