#!/bin/bash
# package.sh: installs, upgrades, removes and purges Berth's package, without LXC, before LXC, and
# after LXC, on Debian hosts that are directories. It compares each host before and after, as
# piuparts does. Build the programs first. As root.
#
# Each case has a separate copy of the host, an overlay in memory, and no network.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")

if [ -z "${1:-}" ]; then
	# A new host for each version of package-host.sh. It is complete when it has this name.
	base=$source/.build/machines/package-$(sha256sum <"$here/package-host.sh" | cut -c 1-16)
	mkdir -p "$source/.build/machines"
	exec 9>"$source/.build/machines/package.lock"
	flock 9
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	if [ ! -d "$base" ]; then
		rm -rf "$source/.build/machines/package"-*
		"$here/package-host.sh" "$base.part" >"$work/host.log" 2>&1 \
			|| { cat "$work/host.log" >&2; exit 1; }
		mv "$base.part" "$base"
	fi
	exec 9>&-
	export DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1
	mkdir "$work/host"
	"$source/etc/debian/build" "$work/deb" >/dev/null
	lintian --allow-root --fail-on error "$work"/deb/*.changes
	mv "$work"/deb/*.deb "$work/berth.deb"
	"$source/etc/debian/build" "$work/deb" 9999 >/dev/null
	mv "$work"/deb/*.deb "$work/next.deb"
	unshare --mount --net --pid --fork --kill-child "$0" "$base" "$work"
	exit
fi

base=$1 work=$2
host=$work/host
checks=0
failures=0

# within COMMAND…: runs it on the host of the case. Prints its output if it fails.
within() {
	if ! chroot "$host" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C \
		DEBIAN_FRONTEND=noninteractive "$@" \
		>"$work/said" 2>&1 </dev/null; then
		sed 's/^/\t/' "$work/said"
		return 1
	fi
	# The package's scripts print a message only to report a failure.
	! grep '^\(dpkg: \(error\|warning\)\|berth: \)' "$work/said"
}
# must COMMAND…: like within, and the test fails if the command fails.
must() {
	checks=$((checks + 1))
	within "$@" || fault "the command failed: $*"
}
# fault WHAT
fault() {
	echo "FAILED, $case: $1"
	failures=$((failures + 1))
}
# same WHAT FILE OTHER: the states in both files are equal.
same() {
	checks=$((checks + 1))
	diff "$2" "$3" >"$work/difference" || { fault "$1"; grep '^[<>]' "$work/difference"; }
}
# is WHAT WANTED FOUND
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fault "$1: $3 instead of $2"
}

# state NAME: records all files with types, modes, owners, links and contents (and so enabled
# services, users and configuration), packages, diversions and statoverrides. Omits the databases of
# dpkg and insserv, logs and caches.
state() {
	(cd "$host" && find . -xdev \( -path './proc' -o -path './sys' -o -path './dev' \
		-o -path './run' -o -path './berth' -o -path './var/log' -o -path './var/cache' \
		-o -path './etc/init.d/.depend.*' \
		-o -path './var/lib/dpkg/*' ! -path './var/lib/dpkg/info/*' \) -prune \
		-o -printf '%p %y %m %U:%G %l\n' -type f -exec sha256sum {} + | sort) >"$work/$1"
	# shellcheck disable=SC2016 # dpkg's
	within sh -c 'dpkg-query -W -f "\${Package} \${Status}\n"; dpkg-divert --list | sort
		dpkg-statoverride --list; true'
	cat "$work/said" >>"$work/$1"
}
install_lxc() { must sh -c 'dpkg --force-unsafe-io -i /lxc/*.deb'; }
install_berth() { must dpkg --force-unsafe-io -i "/berth/${1:-berth.deb}"; }

# berth_in_place: whichever was installed first, Berth's files are in place and LXC's are diverted.
berth_in_place() {
	is "$1: berth-nic is the helper" ../berth/berth-nic \
		"$(readlink "$host/usr/libexec/lxc/lxc-user-nic")"
	is "$1: berth-net replaces the network script" ../berth/lxc-net \
		"$(readlink "$host/usr/libexec/lxc/lxc-net")"
	is "$1: berth-nic and berth-run are setuid root" $'4755 root:root\n4755 root:root' \
		"$(stat -c '%a %U:%G' "$host/usr/libexec/berth/berth-nic" "$host/usr/bin/berth-run")"
	is "$1: the programs with NSS have the mode 0700" $'700 root:root\n700 root:root' \
		"$(stat -c '%a %U:%G' "$host"/usr/{libexec/berth/berth-nic,bin/berth-run}.nss)"
	[ "${2:-}" = alone ] || is "$1: LXC's files are kept, without the setuid bit" \
		$'755 regular file\n755 regular file' \
		"$(stat -c '%a %F' "$host"/usr/libexec/lxc/lxc-{user-nic,net}.lxc)"
}
# enabled SCRIPT: prints the runlevels.
enabled() {
	find "$host"/etc/rc?.d "$host/etc/runlevels" -name "S??$1" -o -path "*/runlevels/*/$1" \
		| sed "s|^$host/etc/||; s|/S..|/|" | sort | tr '\n' ' '
}

# a_case NAME: starts with a fresh host.
a_case() {
	case=$1
	[ ! -d "$work/over/upper" ] || { umount "$host/berth" "$host/proc" "$host" "$work/over"; }
	mkdir -p "$work/over"
	mount -t tmpfs none "$work/over"
	mkdir "$work/over/upper" "$work/over/work"
	mount -t overlay none -o "lowerdir=$base,upperdir=$work/over/upper,workdir=$work/over/work" \
		"$host"
	mount -t proc proc "$host/proc"
	mkdir "$host/berth"
	mount --bind "$work" "$host/berth"
	state before
}

a_case "without LXC"
install_berth
berth_in_place installed alone
for service in berth-net berth-cgroup berth-user; do
	is "$service is enabled" \
		"rc2.d/$service rc3.d/$service rc4.d/$service rc5.d/$service runlevels/default/$service " \
		"$(enabled $service)"
done
is "berth-net is enabled for systemd" /lib/systemd/system/berth-net.service \
	"$(readlink "$host/etc/systemd/system/multi-user.target.wants/berth-net.service")"
must berth --help
must berth-net check
must berth-cgroup check
must berth-run --help
state installed
install_berth next.deb
berth_in_place upgraded alone
must dpkg --remove berth
install_berth next.deb
berth_in_place "after another installation" alone
must dpkg --remove berth
is "removal leaves no program" "" "$(find "$host/usr/libexec" "$host/usr/bin" -name '*berth*')"
must dpkg --purge berth
state after
same "a purge leaves nothing" "$work/before" "$work/after"

a_case "after LXC"
install_lxc
state lxc
install_berth
berth_in_place installed
install_berth next.deb
berth_in_place upgraded
echo 'alice veth lxcbr0 2' >"$host/etc/lxc/lxc-usernet"
must dpkg --purge berth
is "a purge keeps lxc-usernet" 'alice veth lxcbr0 2' "$(cat "$host/etc/lxc/lxc-usernet")"
rm "$host/etc/lxc/lxc-usernet"
state after
same "a purge restores LXC" "$work/lxc" "$work/after"

a_case "before LXC"
install_berth
state berth
install_lxc
berth_in_place "after the installation of LXC"
install_lxc
berth_in_place "after an upgrade of LXC"
must dpkg --remove lxc liblxc-common liblxc1
berth_in_place "after the removal of LXC" alone
install_lxc
berth_in_place "after another installation of LXC"
must dpkg --remove berth
must dpkg --purge berth
state after
same "a purge leaves LXC as if Berth had not been installed" "$work/lxc" "$work/after"

a_case "with settings of an administrator"
install_lxc
within update-rc.d lxc-net disable
within dpkg-statoverride --update --add root mail 4750 /usr/libexec/lxc/lxc-user-nic
state lxc-other
install_berth
is "LXC's helper keeps its mode" \
	"4750 mail" "$(stat -c '%a %G' "$host/usr/libexec/lxc/lxc-user-nic.lxc")"
within dpkg-statoverride --update --add root mail 4750 /usr/bin/berth-run
within update-rc.d berth-net disable
must pam-auth-update --enable berth
is "pam-auth-update enables the session module" 1 \
	"$(grep -c 'pam_exec.*/usr/libexec/berth/berth-pam /usr/sbin/berth-cgroup pam' \
	"$host/etc/pam.d/common-session")"
install_berth next.deb
is "berth-run keeps its mode" "4750 mail" "$(stat -c '%a %G' "$host/usr/bin/berth-run")"
is "disabled services stay disabled" "" "$(enabled berth-net)$(enabled lxc-net)"
echo 'session include berth-session' >>"$host/etc/pam.d/common-session"
within dpkg --purge berth >/dev/null && fault "a purge does not report what it leaves in /etc/pam.d"
is "the included PAM file remains, without rules" \
	"" "$(grep -v '^#' "$host/etc/pam.d/berth-session")"
rm "$host/etc/pam.d/berth-session"
sed -i '/berth-session/d' "$host/etc/pam.d/common-session"
within dpkg-statoverride --remove /usr/bin/berth-run
state after
same "a purge restores the host" "$work/lxc-other" "$work/after"

a_case "with an installation from source"
install_lxc
within dpkg-divert --local --rename --divert /usr/libexec/lxc/lxc-user-nic.lxc --add \
	/usr/libexec/lxc/lxc-user-nic
ln -s /usr/local/libexec/berth/berth-nic "$host/usr/libexec/lxc/lxc-user-nic"
state by-hand
within dpkg -i /berth/berth.deb >"$work/refused" \
	&& fault "the package replaces an installation by hand"
is "the message says how to continue" 1 "$(grep -c 'Remove that diversion first' "$work/refused")"
state after
same "nothing is changed" "$work/by-hand" "$work/after"

echo "$checks checks, $failures failed"
[ "$failures" = 0 ]
