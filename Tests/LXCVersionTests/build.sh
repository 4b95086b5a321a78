#!/bin/bash
# build.sh SUITE DIRECTORY: builds a root directory in DIRECTORY: that suite of Debian, with its
# LXC, and without Berth. As root. It uses this machine's package sources, with the suite's name
# instead of its own.
# Status 77: they do not have the suite, or cannot be reached, for the reason in the last line.
set -euo pipefail
suite=$1 root=$2
# shellcheck source=Tests/LXCVersionTests/sources.sh
. "$(dirname "$(readlink -f "$0")")/sources.sh"

packages=(
	busybox-static dnsmasq-base iproute2 iputils-ping libnl-3-200 libpam-runtime lxc nftables passwd
	frr procps python3 uidmap
)

unless_reached
rm -rf "$root"
# This policy-rc.d prevents packages from starting services.
# shellcheck disable=SC2016 # $1 is the hook's
mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
	--dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
	--aptopt='Acquire::Retries "3"' \
	--include="$(IFS=,; echo "${packages[*]}")" \
	--customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"' \
	--customize-hook='chmod 755 "$1/usr/sbin/policy-rc.d"' \
	"$suite" "$root" - < <(reach) || {
	status=$?
	unless_reached
	exit "$status"
}
