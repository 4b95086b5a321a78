# lxc's commands in a cgroup of the user's own, on hosts without systemd: berth-run(1). Sourced by login
# shells, and by the scripts that start a user's containers at boot.

# lxc-autostart starts all containers from one process, which is in the first one's cgroup when it comes to
# the second. This starts each by an lxc-start of its own, in the order and with the pauses that
# lxc-autostart --list tells. What starts nothing is lxc-autostart's.
berth_lxc_autostart() (
	# zsh has another use for a variable that is called path, and does not part words.
	place=
	previous=
	for word; do
		case $previous in
		-P | --lxcpath) place=$word ;;
		esac
		case $word in
		-[rskL?] | -[aAq]*[rskL]* | --reboot | --shutdown | --kill | --list | --help | --usage | --version)
			exec lxc-autostart "$@"
			;;
		-P?*) place=${word#-P} ;;
		--lxcpath=*) place=${word#--lxcpath=} ;;
		esac
		previous=$word
	done
	# Its status is 1 also where there is no container.
	list=$(command lxc-autostart --list "$@") || [ $? -lt 126 ] || exit
	failed=0
	# Read by another descriptor: what is started may read its input.
	while read -r name delay <&3; do
		[ -n "$name" ] || continue
		berth-run lxc-start ${place:+-P} ${place:+"$place"} -n "$name" 3<&- || failed=1
		sleep "${delay:-0}"
	done 3<<-END
		$list
	END
	exit "$failed"
)

# Aliases, because a function of POSIX cannot have these names; "command lxc-start" is LXC's own.
if [ "$(id -u)" != 0 ] && [ ! -d /run/systemd/system ] && command -v berth-run >/dev/null; then
	alias lxc-start='berth-run lxc-start' lxc-execute='berth-run lxc-execute' \
		lxc-attach='berth-run lxc-attach' lxc-autostart=berth_lxc_autostart
fi
