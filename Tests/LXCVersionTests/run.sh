#!/bin/bash
# run.sh SUITE/SCENARIO [FILE]: plays the scenario, or FILE, in a root directory with that suite of
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
	# A test runner leaves descriptors open, and dash, which apt uses, knows only single digits.
	for descriptor in "/proc/$$/fd/"*; do
		descriptor=${descriptor##*/}
		# bash uses 255 for this script.
		case $descriptor in [012] | 255) ;; *) eval "exec $descriptor>&-" ;; esac
	done
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT

	# The name contains the hash of the recipe. The directory is complete when it has this name.
	base=$source/.build/roots/$suite-$(sha256sum <"$here/build.sh" | cut -c 1-16)
	mkdir -p "$source/.build/roots"
	exec 9>"$source/.build/roots/$suite.lock"
	flock 9
	if [ ! -d "$base" ]; then
		status=0
		"$here/build.sh" "$suite" "$base.part" >"$work/build.log" 2>&1 9>&- || status=$?
		if [ "$status" != 0 ]; then
			cat "$work/build.log"
			rm -rf "$base.part"
			exit "$status"
		fi
		find "$source/.build/roots" -maxdepth 1 -name "$suite-*" ! -path "$base.part" \
			-exec rm -rf {} +
		mv "$base.part" "$base"
	fi
	exec 9>&-

	# Another make, with options of its own, may be running this.
	unset MAKEFLAGS MAKELEVEL
	mkdir -p "$work/in"
	cp "$scenario" "$work/in/scenario"
	prepare() {
		if grep -q '^# init files: package$' "$scenario"; then
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
		"$0" --inside "$suite" "$base" "$work" </dev/null
	exit
fi

suite=$2 base=$3 work=$4
mkdir "$work/root"
mount -t tmpfs -o mode=755 tmpfs "$work/root"
mkdir "$work/root"/{upper,work,root}
root=$work/root/root
mount -t overlay -o "lowerdir=$base,upperdir=$work/root/upper,workdir=$work/root/work" \
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
