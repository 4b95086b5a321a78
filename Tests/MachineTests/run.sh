#!/bin/bash
# run.sh [SUITE/]KIND/SCENARIO [FILE]: boots a machine of that kind in QEMU and runs the scenario,
# or FILE, on it. The machine has this machine's version of Debian, or SUITE.
# As root. `make install` has installed Berth on the machine, or the scenario installs the package.
# Prints the output of the scenario, and exits with its status.
# 77: the machine cannot be built, or does not have the programs that the scenario needs, for the
# reason in the last line; 124: the scenario took longer than MACHINE_SECONDS (1200 for each boot);
# 125: the machine ended without a status.
#
# BERTH_MACHINE_FILES names a directory whose files are added to the machine for this run if the
# scenario has a comment `# needs:`, such as packages unpacked with `dpkg-deb -x`. On the machine,
# root owns them.
#
# MACHINE_LOG names a file for the console. The machine is built if it does not exist or build.sh
# has changed. Changes of its disk are discarded after each run.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
package=$(readlink -f "$here/../..")
machine=${1%/*}
kind=${machine##*/}
# openrc-init plays the scenarios of openrc.
scenario=${2:-$here/scenarios/${kind%-init}/${1##*/}.sh}
[ -f "$scenario" ] || { echo "$0: there is no $scenario" >&2; exit 2; }

work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill "$qemu" || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# The name contains the hash of the recipe. The machine is complete when it has this name.
machines=$package/.build/machines
name=${machine/\//-}
image=$machines/$name-$(
	cat "$here/build.sh" "$here/../LXCVersionTests/sources.sh" | sha256sum | cut -c 1-16
)
mkdir -p "$machines"
exec 9>"$machines/$name.lock"
flock 9
if [ ! -d "$image" ]; then
	echo "building a machine with $machine, which takes a minute" >&2
	"$here/build.sh" "$machine" "$image.part" >"$work/build.log" 2>&1 9>&- || {
		status=$?
		cat "$work/build.log" >&2
		rm -rf "$image.part"
		exit "$status"
	}
	# Only now delete the other machines: if the package sources cannot be reached, a user
	# can return to the former build.sh, whose machine still exists.
	find "$machines" -maxdepth 1 -name "$name-????????????????" -exec rm -rf {} +
	mv "$image.part" "$image"
fi
exec 9>&-

files=${BERTH_MACHINE_FILES:-}
[ -z "$files" ] || [ -d "$files" ] \
	|| { echo "$0: BERTH_MACHINE_FILES is $files, which is not a directory" >&2; exit 2; }
# has PROGRAM: whether the machine will have it.
has() {
	local directory
	for directory in {usr/,}{lib/systemd,sbin,bin}; do
		[ -z "$files" ] || [ ! -e "$files/$directory/$1" ] || return 0
		debugfs -R "stat /$directory/$1" "$image/root.img" 2>/dev/null | grep -q '^Inode: ' \
			&& return
	done
	return 1
}
read -ra needed < <(sed -n 's/^# needs: //p' "$scenario") || true
# Libraries of another version of Debian could keep a machine from booting.
[ ${#needed[@]} != 0 ] || files=
for program in "${needed[@]}"; do
	has "$program" || {
		echo "$1: skipped, because the machine has no $program: unpack its package in a" \
			"directory, and set BERTH_MACHINE_FILES to it" >&2
		exit 77
	}
done

# The input is an archive on a second disk, of another kind: Linux 6.12 and later numbers several
# NVMe disks in any order.
init=$(sed -n 's/^# init files: //p' "$scenario")
[ -n "$init" ] || { echo "$scenario: write a line # init files: NAME…" >&2; exit 2; }
boots=$(grep -c '^after_boot.*()' "$scenario")
once=-no-reboot
[ "$boots" = 1 ] || once=
card=none
! grep -q '^# network card: yes$' "$scenario" \
	|| card=user,model=virtio-net-pci,restrict=on,ipv6=off
mkdir -p "$work/in/machine"
# Another make, with options of its own, may be running this.
unset MAKEFLAGS MAKELEVEL
prepare() {
	if [ "$init" = package ]; then
		make --no-print-directory -C "$package" all || return
		# The next version, which differs only in its number.
		export DPKG_DEB_COMPRESSOR_TYPE=zstd DPKG_DEB_COMPRESSOR_LEVEL=1
		"$package/etc/debian/build" "$work/deb" \
			&& mv "$work/deb"/*.deb "$work/in/machine/berth.deb" || return
		"$package/etc/debian/build" "$work/deb" 9999 \
			&& mv "$work/deb"/*.deb "$work/in/machine/next.deb"
	else
		make --no-print-directory -C "$package" install DESTDIR="$work/in/machine/stage" \
			prefix=/usr INIT="$init"
	fi
}
prepare >"$work/install.log" 2>&1 || { cat "$work/install.log" >&2; exit 1; }
cp "$here"/guest/* "$package/README.md" "$work/in/machine/"
cp "$scenario" "$work/in/machine/scenario"
[ -z "$files" ] \
	|| tar -c --owner=root:0 --group=root:0 -f "$work/in/machine/files.tar" -C "$files" .
tar -c --owner=root:0 --group=root:0 -f "$work/in.tar" -C "$work/in" machine

# The output is on the second serial line, and the status on the third. Emulation works everywhere;
# KVM inside a virtual machine is often slower or missing.
# shellcheck disable=SC2086 # words
timeout -k 5 "${MACHINE_SECONDS:-$((1200 * boots))}" qemu-system-x86_64 \
	-accel ${MACHINE_ACCEL:-tcg,thread=multi,tb-size=512} -machine q35,usb=off,graphics=off \
	-cpu max,la57=off -smp 2 -m 1536 -nodefaults -no-user-config -display none $once -nic $card \
	-kernel "$image/vmlinuz" -append "console=ttyS0,115200 root=/dev/nvme0n1 rootfstype=ext4 rw \
		rootwait init=/sbin/machine-init panic=-1 quiet nokaslr mitigations=off tsc=reliable \
		no_timer_check net.ifnames=0 devtmpfs.mount=1" \
	-drive file="$image/root.img",format=raw,if=none,id=root,snapshot=on,cache=unsafe \
	-device nvme,drive=root,serial=root \
	-drive file="$work/in.tar",format=raw,if=none,id=in,readonly=on \
	-device virtio-blk-pci,drive=in \
	-device virtio-rng-pci \
	-serial file:"${MACHINE_LOG:-$work/console}" \
	-chardev stdio,id=out,signal=off -serial chardev:out \
	-serial file:"$work/status" </dev/null &
qemu=$!
ended=0
wait "$qemu" || ended=$?
qemu=
status=$(tr -d '\r\n' <"$work/status")
if [ -z "$status" ]; then
	echo "$1: no status from the machine, which ended with $ended; the last of its console:" >&2
	tail -n 40 "${MACHINE_LOG:-$work/console}" >&2
	[ "$ended" = 124 ] || ended=125
	exit "$ended"
fi
exit "$status"
