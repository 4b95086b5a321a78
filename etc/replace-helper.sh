#!/bin/sh
# replace-helper install|remove DIRECTORY: makes LXC's helper, lxc-user-nic in DIRECTORY, a link to
# berth-nic, or restores it. For distributions whose package manager cannot divert files; on
# Debian, use dpkg-divert(1). Packages run it when Berth or LXC is installed, upgraded or removed.
# Each command can be repeated: it changes only what differs.
#
# LXC's helper is kept as lxc-user-nic.lxc, without its setuid bit.
set -eu
berth=@libexecdir@/berth/berth-nic
recorded=/var/lib/berth/lxc-user-nic.mode
command=${1:-}
helper=${2:-}/lxc-user-nic
case ${2:-} in
	/*) ;;
	*) command= ;;
esac

is_link() { [ -L "$helper" ] && [ "$(readlink "$helper")" = $berth ]; }
forget() {
	rm -f $recorded
	rmdir ${recorded%/*} 2>/dev/null || true
}

case $command in
	install)
		if [ -f "$helper" ] && [ ! -L "$helper" ]; then
			mkdir -p ${recorded%/*}
			stat -c %a "$helper" >$recorded
			# At any time, lxc-start finds one of the two.
			ln -f "$helper" "$helper.lxc"
			ln -sf $berth "$helper.new"
			mv -f "$helper.new" "$helper"
			chmod u-s "$helper.lxc"
		elif [ ! -e "$helper" ] && [ ! -L "$helper" ]; then
			# LXC was removed, or is not installed.
			rm -f "$helper.lxc"
			forget
			rmdir "${helper%/*}" 2>/dev/null || true
		fi
		;;
	remove)
		if is_link; then
			if [ -f "$helper.lxc" ]; then
				[ ! -s $recorded ] || chmod "$(cat $recorded)" "$helper.lxc"
				mv -f "$helper.lxc" "$helper"
			else
				rm "$helper"
			fi
		elif [ -e $recorded ] && [ -f "$helper" ] && [ ! -L "$helper" ]; then
			# LXC was upgraded since then, and has its new helper.
			rm -f "$helper.lxc"
		fi
		forget
		;;
	*)
		echo "usage: $0 install|remove DIRECTORY, that of the helper of LXC: /usr/libexec/lxc or" \
			'/usr/lib/lxc' >&2
		exit 2
		;;
esac
