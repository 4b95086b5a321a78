# Runs LXC's commands with berth-run(1), on hosts without systemd. Sourced by login shells, and by
# the scripts that start users' containers at boot.

# lxc-autostart starts all containers from one process, which is already in the cgroup of the first
# container when it starts the second. This function runs one lxc-start for each, in the order and
# with the delays of lxc-autostart --list. Options that start no container are passed to
# lxc-autostart.
berth_lxc_autostart() (
	# In zsh, the variable path is special, and words are not split.
	place=
	previous=
	for word; do
		case $previous in
		-P | --lxcpath) place=$word ;;
		esac
		case $word in
		-[rskL?] | -[aAq]*[rskL]* | --reboot | --shutdown | --kill | --list | --help | --usage | \
			--version)
			exec lxc-autostart "$@"
			;;
		-P?*) place=${word#-P} ;;
		--lxcpath=*) place=${word#--lxcpath=} ;;
		esac
		previous=$word
	done
	# lxc-autostart --list also exits with 1 if there is no container.
	list=$(command lxc-autostart --list "$@") || [ $? -lt 126 ] || exit
	failed=0
	# The list is read from descriptor 3, because lxc-start may read standard input.
	while read -r name delay <&3; do
		[ -n "$name" ] || continue
		berth-run lxc-start ${place:+-P} ${place:+"$place"} -n "$name" 3<&- || failed=1
		sleep "${delay:-0}"
	done 3<<-END
		$list
	END
	exit "$failed"
)

# Aliases, because POSIX functions cannot have these names. "command lxc-start" bypasses them.
if [ "$(id -u)" != 0 ] && [ ! -d /run/systemd/system ] && command -v berth-run >/dev/null; then
	alias lxc-start='berth-run lxc-start' lxc-execute='berth-run lxc-execute' \
		lxc-attach='berth-run lxc-attach' lxc-autostart=berth_lxc_autostart
fi
