#!/bin/sh
# apparmor-files.sh install|remove|check: puts the AppArmor profiles where they are looked for, with the
# programs' paths filled in and named after them as is usual, or takes them away. check has apparmor_parser
# read them, if it is there, and loads nothing.
# The directories are variables of the Makefile, which calls it.
set -eu
: "${DESTDIR=}" "${apparmordir=}" "${bindir=/usr/bin}" "${sbindir=/usr/sbin}" "${libexecdir=/usr/libexec}"
cd "$(dirname "$0")/apparmor.d"

# each COMMAND: with a profile, the program that it is for, and the name of its file.
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
			echo 'apparmor_parser is not there: AppArmor profiles are not read'
			exit
		fi
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		each check_one
		;;
	*) echo "$0: install, remove or check?" >&2; exit 2 ;;
esac
