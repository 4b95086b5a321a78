#!/bin/bash
# run.sh SUITE/SCENARIO [FILE]: runs the scenario, or FILE, in a root directory with that suite of
# Debian and its LXC. As root. `make install` has installed Berth there, or the scenario installs
# the package. Build the programs first.
#
# The root is an overlay in memory on the directory that build.sh creates, in new namespaces. The
# machine and the directory stay unchanged. Prints the output of the scenario, and exits with its
# status. 77: the directory cannot be built, for the reason in the last line.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/../..")

if [ "${1:-}" != --inside ]; then
	[ "$(id -u)" = 0 ] || { echo "$0: only root can create a root directory" >&2; exit 1; }
	suite=${1%%/*}
	scenario=${2:-$here/scenarios/${1##*/}.sh}
	[ -f "$scenario" ] || { echo "$0: there is no $scenario" >&2; exit 2; }
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT

	# cached NAME RECIPE COMMAND…: sets `directory` to .build/roots/NAME-HASH, where HASH is that of
	# the files in RECIPE. If it does not exist, the command creates it, with its name as the last
	# argument. The directory is complete when it has this name.
	cached() {
		local name=$1 recipe status=0
		read -ra recipe <<<"$2"
		shift 2
		directory=$source/.build/roots/$name-$(
			cd "$here" && cat "${recipe[@]}" | sha256sum | cut -c 1-16
		)
		mkdir -p "$source/.build/roots"
		exec 9>"$source/.build/roots/$name.lock"
		flock 9
		if [ ! -d "$directory" ]; then
			"$@" "$directory.part" >"$work/build.log" 2>&1 9>&- || status=$?
			if [ "$status" != 0 ]; then
				cat "$work/build.log"
				rm -rf "$directory.part"
				exit "$status"
			fi
			find "$source/.build/roots" -maxdepth 1 -type d -name "$name-????????????????" \
				-exec rm -rf {} +
			mv "$directory.part" "$directory"
		fi
		exec 9>&-
	}
	cached "$suite" 'build.sh sources.sh' "$here/build.sh" "$suite"
	base=$directory layers=$directory
	# setting NAME: prints what the scenario says in the comment of this name.
	setting() { sed -n "s/^# $1: //p" "$scenario"; }
	next=$(setting 'upgrades to')
	if [ -n "$next" ]; then
		# The packages must be those that this directory needs.
		cached "$suite-to-$next" "build.sh sources.sh download.sh $base/var/lib/dpkg/status" \
			"$here/download.sh" "$next" "$base"
		layers=$directory:$base
	fi

	mkdir -p "$work/in"
	if [ "$(setting 'upgrades from')" = 'the version before 1.0.0' ]; then
		cached earlier earlier.sh "$here/earlier.sh"
		cp "$directory/berth.deb" "$work/in/earlier.deb"
	fi

	# Another make, with options of its own, may be running this.
	unset MAKEFLAGS MAKELEVEL
	cp "$scenario" "$work/in/scenario"
	prepare() {
		if [ "$(setting 'init files')" = package ]; then
			# The next version, which differs only in its number.
			export DPKG_DEB_COMPRESSOR_TYPE=zstd DPKG_DEB_COMPRESSOR_LEVEL=1
			"$source/etc/debian/build" "$work/deb" && mv "$work/deb"/*.deb "$work/in/berth.deb" \
				|| return
			"$source/etc/debian/build" "$work/deb" 9999 && mv "$work/deb"/*.deb "$work/in/next.deb"
		else
			make --no-print-directory -C "$source" -o all install DESTDIR="$work/stage" prefix=/usr
		fi
	}
	prepare >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
	unshare --mount --net --ipc --uts --pid --fork --kill-child --propagation private -- \
		"$0" --inside "$suite" "$layers" "$work" </dev/null
	exit
fi

suite=$2 layers=$3 work=$4
mkdir "$work/root"
mount -t tmpfs -o mode=755 tmpfs "$work/root"
mkdir "$work/root"/{upper,work,root}
root=$work/root/root
mount -t overlay -o "lowerdir=$layers,upperdir=$work/root/upper,workdir=$work/root/work" \
	overlay "$root"
[ ! -d "$work/stage" ] || cp -a "$work/stage/." "$root/"
mkdir "$root"/{machine,source,old}
mount --bind "$work/in" "$root/machine"
mount --bind "$source" "$root/source"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty net/tun fuse loop-control; do
	[ -e "/dev/$device" ] || continue
	mkdir -p "$(dirname "$root/dev/$device")"
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/run/lock"
cd "$root"
pivot_root . old
cd /
umount -l /old
rmdir /old
ip link set lo up
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 suite="$suite" \
	/source/Tests/LXCVersionTests/play /machine/scenario
