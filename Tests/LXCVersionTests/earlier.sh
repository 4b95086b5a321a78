#!/bin/bash
# earlier.sh DIRECTORY: builds the Debian package of the version before 1.0.0 in DIRECTORY, from the
# history of this repository, with the libraries that `make` has downloaded for this version. Takes
# some minutes.
# Status 77: the history is missing; the last line gives the reason.
set -euo pipefail
source=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
directory=$1
# The last commit of the version whose hosts "Changes for existing hosts" in CHANGELOG.md addresses.
commit=cf5d3b660642003f20f19494608aae161542bd5c

git() { command git -c safe.directory="$source" -C "$source" "$@"; }
git cat-file -e "$commit^{commit}" 2>/dev/null || {
	echo "no history: the version before 1.0.0 is built from commit ${commit:0:7} of a full clone"
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git archive "$commit" | tar -x -C "$work"
cp "$source/Package.resolved" "$work/"
for build in setuid service; do
	mkdir -p "$work/.build/$build"
	cp -a "$source/.build/service"/{checkouts,repositories,workspace-state.json} \
		"$work/.build/$build/"
done
# Another make, with options of its own, may be running this.
unset MAKEFLAGS MAKELEVEL
make --no-print-directory -C "$work" all
mkdir -p "$directory"
export SOURCE_DATE_EPOCH DPKG_DEB_COMPRESSOR_TYPE=zstd DPKG_DEB_COMPRESSOR_LEVEL=1
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$commit")
"$work/etc/debian/build" "$work/deb" 0
mv "$work"/deb/*.deb "$directory/berth.deb"
