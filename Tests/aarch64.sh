#!/bin/bash
# aarch64.sh: cross-builds the programs for aarch64, boots Debian's arm64 kernel in QEMU, and runs
# aarch64-guest.sh there, with Debian's lxc-start. Needs root.
#
# SETUID_BUILD has the compiler flags of the setuid programs, and SERVICE_BUILD those of berth-net,
# berth-cgroup and berth, which aarch64-services.sh builds. If it cannot, they are skipped.
#
# The C library, libnl, the kernel's headers and the programs of the machine are Debian packages for
# arm64, which are unpacked and not installed. The standard library of Embedded Swift is that for
# aarch64 without an operating system, which most toolchains have. The last line counts the results,
# for check.sh.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/..")
place=$source/.build/aarch64
swift=${SWIFT:-swift}

skip() {
	echo "aarch64.sh: skipped, because $1"
	echo '0 passed, 0 failed, 1 skipped'
	exit
}
[ "$(id -u)" = 0 ] || skip 'only root can create the disk of the machine'
for program in mmdebstrap qemu-system-aarch64 mke2fs depmod; do
	command -v $program >/dev/null || skip "$program is not installed"
done
toolchain=$(dirname "$(readlink -f "$(command -v "$swift")")")/..
[ -d "$toolchain/lib/swift/embedded/aarch64-none-none-elf" ] \
	|| skip "the toolchain has no standard library of Embedded Swift for aarch64"

# For the build and for the machine. They are only unpacked: their maintainer scripts would need
# programs for aarch64.
packages=(
	libc6-dev libgcc-12-dev libnl-3-dev libsystemd-dev linux-libc-dev linux-image-cloud-arm64
	bash busybox-static coreutils dnsmasq-base grep iproute2 liblxc-common lxc mawk nftables sed
	uidmap util-linux
)
mkdir -p "$place"
exec 9>"$place/lock"
flock 9
suite=$("$here/MachineTests/debian-sources" suite)
root=$place/root-$(echo "$suite ${packages[*]}" | sha256sum | cut -c 1-16)
if [ ! -d "$root" ]; then
	rm -rf "$place"/root-*
	mmdebstrap --quiet --mode=root --architecture=arm64 --variant=extract --format=directory \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--include="$(IFS=,; echo "${packages[*]}")" "$suite" "$root.part" - \
		< <("$here/MachineTests/debian-sources") >"$place/packages.log" 2>&1 \
		|| { tail -n 5 "$place/packages.log"; skip "Debian's arm64 packages cannot be downloaded"; }
	depmod -b "$root.part" "$(basename "$root.part"/lib/modules/*)"
	mv "$root.part" "$root"
fi

# build STATIC PROGRAM…: STATIC is empty for the programs that ask NSS. SwiftPM passes the flags
# of -Xcc to the C compiler, and of -Xswiftc -Xcc to the importer of C headers.
triple=aarch64-unknown-linux-gnu
mkdir -p "$place/pkgconfig"
for library in libnl-3.0 libsystemd; do
	sed "s|=/usr|=$root/usr|" "$root/usr/lib/aarch64-linux-gnu/pkgconfig/$library.pc" \
		>"$place/pkgconfig/$library.pc"
done
flags=${SETUID_BUILD/-fcf-protection=full/-mbranch-protection=standard}
read -ra flags <<<"${flags/--scratch-path .build\/setuid/}"
build() {
	local program kind=${1:-dynamic}
	local -a environment=(PKG_CONFIG_PATH="$place/pkgconfig")
	[ -z "$1" ] || environment+=(BERTH_STATIC=1)
	shift
	for program; do
		env "${environment[@]}" "$swift" build --product "$program" "${flags[@]}" \
			--scratch-path "$place/$kind" --triple aarch64-none-none-elf \
			-Xcc --target=$triple -Xcc --sysroot="$root" -Xswiftc -Xcc -Xswiftc --sysroot="$root" \
			-Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc --target=$triple \
			-Xswiftc -Xclang-linker -Xswiftc --sysroot="$root"
	done
}
cd "$source"
build static berth-nic berth-run berth-pam
build '' berth-nic berth-run berth-scope
skipped='' status=0
"$here/aarch64-services.sh" "$place/services" 2>&1 | tee "$place/services.log" || status=$?
if [ $status = 77 ]; then
	skipped=', 1 skipped'
	echo 'aarch64.sh: berth-net, berth-cgroup and berth are not built, for the reason above'
elif [ $status != 0 ]; then
	exit $status
fi

work=$(mktemp -d "$place/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Hard links: files are replaced and not changed.
cp -al "$root" "$work/root"
install -d "$work/root/usr/libexec/berth"
for program in libexec/berth/berth-nic bin/berth-run; do
	install -m 4755 "$place/static/release/${program##*/}" "$work/root/usr/$program"
	install -m 700 "$place/dynamic/release/${program##*/}" "$work/root/usr/$program.nss"
done
install -m 755 "$place/static/release/berth-pam" "$place/dynamic/release/berth-scope" \
	"$work/root/usr/libexec/berth/"
if [ -z "$skipped" ]; then
	for program in sbin/berth-net sbin/berth-cgroup bin/berth; do
		install -m 755 "$place/services/build/release/${program##*/}" "$work/root/usr/$program"
	done
fi
ln -sf ../berth/berth-nic "$work/root/usr/libexec/lxc/lxc-user-nic"
install -m 755 "$here/aarch64-guest.sh" "$work/root/sbin/machine-init"
ln -sf bash "$work/root/bin/sh"
ln -sf mawk "$work/root/usr/bin/awk"
ln -sf /bin/busybox "$work/root/sbin/modprobe"
mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1,nodiscard -d "$work/root" \
	"$work/root.img" 800M

# Emulation works everywhere. The cloud kernel has NVMe and ext4 built in.
timeout -k 5 "${MACHINE_SECONDS:-600}" qemu-system-aarch64 \
	-machine virt -cpu max,pauth-impdef=on -accel tcg,thread=multi -smp 2 -m 1024 \
	-nodefaults -no-user-config -display none -no-reboot -nic none -serial stdio \
	-kernel "$root"/boot/vmlinuz-* -append "console=ttyAMA0 root=/dev/nvme0n1 rootfstype=ext4 rw \
		init=/sbin/machine-init panic=-1 loglevel=3" \
	-drive file="$work/root.img",format=raw,if=none,id=root,cache=unsafe \
	-device nvme,drive=root,serial=root </dev/null | sed -u 's/\r//' | tee "$place/console.log" \
	|| echo 'aarch64.sh: the machine did not shut down'
result=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$place/console.log") \
	|| { echo 'aarch64.sh: the machine printed no result'; exit 1; }
echo "$result$skipped"
[[ $result == *', 0 failed' ]]
