#!/bin/sh
# apparmor-files.sh install|remove|check: installs the AppArmor profiles with the paths of the
# programs filled in, under the usual names derived from these paths, or removes them. check parses
# them with apparmor_parser, if it is installed, without loading them.
# The Makefile calls this script and sets the directories.
set -eu
: "${DESTDIR=}" "${apparmordir=}"
: "${bindir=/usr/bin}" "${sbindir=/usr/sbin}" "${libexecdir=/usr/libexec}"
cd "$(dirname "$0")/apparmor.d"

# each COMMAND: runs COMMAND PROFILE PROGRAM FILENAME for each profile.
each() {
	for profile in *; do
		case $profile in
			berth-nic | berth-pam) program=$libexecdir/berth/$profile ;;
			berth-run) program=$bindir/berth-run ;;
			*) program=$sbindir/$profile ;;
		esac
		"$1" "$profile" "$program" "$(echo "${program#/}" | tr / .)"
	done
}
filled_in() { sed -e "s|@program@|$2|g" -e "s|@name@|$3|g" -e "s|@sbindir@|$sbindir|g" "$1"; }
install_one() {
	mkdir -p "$DESTDIR$apparmordir"
	filled_in "$@" >"$DESTDIR$apparmordir/$3"
	chmod 644 "$DESTDIR$apparmordir/$3"
}
remove_one() { rm -f "$DESTDIR$apparmordir/$3"; }
check_one() {
	filled_in "$@" >"$work/$3"
	apparmor_parser --skip-kernel-load --skip-cache --kernel-features /etc/apparmor.d/abi/3.0 \
		--warn=all --Werror=all "$work/$3"
}

case $1 in
	install) [ -z "$apparmordir" ] || each install_one ;;
	remove) [ -z "$apparmordir" ] || each remove_one ;;
	check)
		if ! command -v apparmor_parser >/dev/null; then
			echo 'AppArmor profiles are not checked: apparmor_parser is not installed'
			exit
		fi
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		each check_one
		;;
	*) echo "usage: $0 install|remove|check" >&2; exit 2 ;;
esac
