#!/bin/bash
# download.sh SUITE ROOT DIRECTORY: downloads into DIRECTORY what `apt-get dist-upgrade` needs to
# upgrade the root directory ROOT to the suite. As root. With DIRECTORY as a layer over ROOT,
# apt-get needs no network access; the sources are in /etc/apt/sources.list.SUITE.
# Status 77: no package source has the suite or can be reached, for the reason in the last line.
set -euo pipefail
suite=$1 root=$(readlink -f "$2") directory=$3
# shellcheck source=Tests/LXCVersionTests/sources.sh
. "$(dirname "$(readlink -f "$0")")/sources.sh"

unless_reached
rm -rf "$directory"
mkdir -p "$directory"/etc/apt "$directory"/var/{lib/apt/lists,cache/apt/archives}/partial
reach >"$directory/etc/apt/sources.list.$suite"
apt_options+=(
	-o Dir::State::status="$root/var/lib/dpkg/status"
	-o Dir::State::extended_states="$root/var/lib/apt/extended_states"
	-o Dir::State::lists="$directory/var/lib/apt/lists"
	-o Dir::Cache::archives="$directory/var/cache/apt/archives"
	-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
	-o Dir::Etc::sourcelist="$directory/etc/apt/sources.list.$suite"
	-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
	-o Dir::Etc::preferencesparts=/dev/null -o Acquire::Languages=none
	-o APT::Install-Recommends=false
)
if ! { apt-get "${apt_options[@]}" -q update \
	&& apt-get "${apt_options[@]}" -q -y --download-only dist-upgrade; }; then
	unless_reached
	exit 1
fi
