#!/bin/sh
# init-files.sh install|remove INIT…: installs or removes the files of these init systems, with the
# directory of the programs filled in.
# init-files.sh guess: prints the init system of the running host.
# The Makefile calls this script and sets the directories.
set -eu
: "${DESTDIR=}" "${sbindir=}" "${initddir=}" "${unitdir=}" "${userunitdir=}"
: "${runitdir=}" "${dinitdir=}" "${s6dir=}"
cd "$(dirname "$0")"

where() {
	case $1 in
		openrc | sysvinit) echo "$initddir" ;;
		systemd) echo "$unitdir" ;;
		systemd/user) echo "$userunitdir" ;;
		runit) echo "$runitdir" ;;
		dinit) echo "$dinitdir" ;;
		s6) echo "$s6dir" ;;
		*)
			echo "unknown init system $1: use systemd, openrc, sysvinit, runit, dinit or s6" >&2
			exit 2
			;;
	esac
}

guess() {
	if [ -d /run/systemd/system ]; then echo systemd
	elif [ -d /run/openrc ]; then echo openrc
	else
		case $(cat /proc/1/comm) in
			init) [ ! -e /etc/inittab ] || echo sysvinit ;;
			runit | dinit) cat /proc/1/comm ;;
			s6-svscan) echo s6 ;;
		esac
	fi
}

verb=$1
shift
case $verb in
	guess) guess; exit ;;
	install | remove) ;;
	*) echo "usage: $0 install|remove INIT..., or $0 guess" >&2; exit 2 ;;
esac
case " $* " in
	*" openrc "*) case $verb" $* " in
		install*" sysvinit "*)
			echo "openrc and sysvinit use the same directory: choose one" >&2
			exit 2 ;;
	esac ;;
esac
for init; do
	# User units have a separate directory.
	[ "$init" != systemd ] || set -- "$@" systemd/user
done
for init; do
	directory=$(where "$init")
	(cd "$init" && find . -type f ! -path './user/*') | while read -r file; do
		installed=$DESTDIR$directory/${file#./}
		case $verb in
			install)
				mkdir -p "$(dirname "$installed")"
				sed "s|@sbindir@|$sbindir|g" "$init/$file" >"$installed"
				mode=644
				[ ! -x "$init/$file" ] || mode=755
				chmod $mode "$installed"
				;;
			remove)
				rm -f "$installed"
				# Remove the directory of the service with its last file.
				case $file in ./*/*) rmdir "$(dirname "$installed")" 2>/dev/null || true ;; esac
				;;
		esac
	done
done
