# shellcheck shell=bash
# Sourced by build.sh and download.sh, with `suite` set: this machine's package sources, with the
# suite's name instead of their own.
sources=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../MachineTests/debian-sources
apt_options=(
	-o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o Acquire::http::Timeout=20
	-o Acquire::https::Timeout=20 -o APT::Sandbox::User=root
)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# reach: prints the sources that have the suite and can be reached.
reach() {
	local own uri release component
	own=$("$sources" suite)
	"$sources" | while read -r _ uri release component; do
		[ "$release" = "$own" ] || continue
		/usr/lib/apt/apt-helper "${apt_options[@]}" download-file \
			"${uri%/}/dists/${suite:?}/InRelease" "$work/InRelease" >>"$work/said" 2>&1 || continue
		grep -q '^Origin: Debian$' "$work/InRelease" || continue
		echo "deb $uri $suite $component"
	done
}
# unless_reached: ends the script with status 77, and the reason in the last line, if no source is
# reached.
unless_reached() {
	[ -z "$(reach)" ] || return 0
	grep '^[EW]:' "$work/said" || true
	echo "no package source of this machine offers Debian's $suite, or none can be reached"
	exit 77
}
