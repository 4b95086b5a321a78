#!/bin/bash
# login-shell.sh PROFILE SHELL: prints what berth_lxc_autostart of the profile runs in the shell,
# with programs that print their arguments.
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory" || exit
cat >lxc-autostart <<-'END'
	#!/bin/sh
	case "$*" in
	*--list*) printf 'one 0\ntwo 0\n' ;;
	*) echo "$*" ;;
	esac
END
printf '%s\n' '#!/bin/sh' 'printf "[%s]" "$@"; echo' >berth-run
chmod +x lxc-autostart berth-run
export PATH=$directory:$PATH
cat >script <<END
. $1
berth_lxc_autostart -P "/a b" -g web; echo \$?
berth_lxc_autostart; echo \$?
berth_lxc_autostart -k -n one
END
# shellcheck disable=SC2086 # busybox ash
$2 script
