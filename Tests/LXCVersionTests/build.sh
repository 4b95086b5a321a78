#!/bin/bash
# build.sh SUITE DIRECTORY: builds a root directory in DIRECTORY: that suite of Debian, with its
# LXC, and without Berth. As root. It uses this machine's package sources, with the suite's name
# instead of its own.
# Status 77: they do not have the suite, or cannot be reached, for the reason in the last line.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
suite=$1 root=$2
sources=$here/../MachineTests/debian-sources
own=$("$sources" suite)

packages=(
	busybox-static dnsmasq-base iproute2 iputils-ping libnl-3-200 libpam-runtime lxc nftables passwd
	procps python3 uidmap
)
apt_options=(
	-o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o Acquire::http::Timeout=20
	-o Acquire::https::Timeout=20
)

# reach: prints the sources that have the suite and can be reached.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reach() {
	local uri release component
	"$sources" | while read -r _ uri release component; do
		[ "$release" = "$own" ] || continue
		/usr/lib/apt/apt-helper "${apt_options[@]}" -o APT::Sandbox::User=root download-file \
			"${uri%/}/dists/$suite/InRelease" "$work/InRelease" >>"$work/said" 2>&1 || continue
		grep -q '^Origin: Debian$' "$work/InRelease" || continue
		echo "deb $uri $suite $component"
	done
}
# unless_reached: ends the script if no source is reached.
unless_reached() {
	[ -z "$(reach)" ] || return 0
	grep '^[EW]:' "$work/said" || true
	echo "no package source of this machine offers Debian's $suite, or none can be reached"
	exit 77
}

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
