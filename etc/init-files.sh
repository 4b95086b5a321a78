#!/bin/sh
# init-files.sh install|remove INIT…: puts the files of these inits where each looks for them, with the
# programs' place filled in, or takes them away. With guess it says what the running host has.
# The directories are variables of the Makefile, which calls it.
set -eu
: "${DESTDIR=}" "${sbindir=}" "${initddir=}" "${unitdir=}" "${userunitdir=}" "${runitdir=}" "${dinitdir=}" "${s6dir=}"
cd "$(dirname "$0")"

where() {
	case $1 in
		openrc | sysvinit) echo "$initddir" ;;
		systemd) echo "$unitdir" ;;
		systemd/user) echo "$userunitdir" ;;
		runit) echo "$runitdir" ;;
		dinit) echo "$dinitdir" ;;
		s6) echo "$s6dir" ;;
		*) echo "$1 is none of systemd openrc sysvinit runit dinit s6" >&2; exit 2 ;;
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
	*) echo "$0: install, remove or guess?" >&2; exit 2 ;;
esac
case " $* " in
	*" openrc "*) case $verb" $* " in
		install*" sysvinit "*)
			echo "openrc and sysvinit have the same place for their files: choose one" >&2
			exit 2 ;;
	esac ;;
esac
for init; do
	# Units of users' managers are in a directory of their own.
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
				# A directory of the service's own goes with its last file.
				case $file in ./*/*) rmdir "$(dirname "$installed")" 2>/dev/null || true ;; esac
				;;
		esac
	done
done
