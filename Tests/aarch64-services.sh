#!/bin/bash
# aarch64-services.sh DIRECTORY: cross-builds berth-net, berth-cgroup and berth for aarch64, linked
# statically, in DIRECTORY/build/release. As root. SERVICE_BUILD has the compiler flags.
#
# These programs need Swift's libraries for aarch64, of the same version as the compiler. Debian sid
# has Swift for amd64 and for arm64: the compiler runs in a root directory of sid, and the packages
# for arm64 are only unpacked.
#
# Status 77: the packages cannot be installed, for the reason in the last line.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "$here/..")
place=$(realpath -m "$1")
# The mounts below must not be seen outside.
if [ -z "${BERTH_SERVICES_MOUNTS:-}" ]; then
	BERTH_SERVICES_MOUNTS=1 exec unshare -m -- "$0" "$place"
fi
suite=sid
# shellcheck source=Tests/LXCVersionTests/sources.sh
. "$here/LXCVersionTests/sources.sh"
compiler=$place/compiler sysroot=$place/sysroot
mkdir -p "$place/build"

# install_packages DIRECTORY PACKAGES OPTION…
install_packages() {
	local directory=$1 packages=$2
	shift 2
	[ ! -d "$directory" ] || return 0
	unless_reached
	rm -rf "$directory.part"
	mmdebstrap --quiet --mode=root --format=directory --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/libexec/swift/*lldb*' \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='Acquire::Retries "3"' \
		--include="$packages" "$@" $suite "$directory.part" - \
		< <(reach) >"$place/packages.log" 2>&1 || {
		unless_reached
		tail -n 5 "$place/packages.log"
		echo "Swift of Debian $suite cannot be installed"
		exit 77
	}
	mv "$directory.part" "$directory"
}
install_packages "$compiler" swiftlang,libc6-dev,pkgconf --variant=minbase
install_packages "$sysroot" swiftlang,libc6-dev,g++,libnl-3-dev,linux-libc-dev \
	--architecture=arm64 --variant=extract \
	--dpkgopt='path-exclude=/usr/libexec/swift/bin/*' --dpkgopt='path-exclude=/usr/libexec/gcc/*'
# base-files would create the first link. Swift's driver looks for swiftrt.o through the second.
ln -sfn usr/lib "$sysroot/lib"
ln -sfn ../libexec/swift/lib/swift_static "$sysroot/usr/lib/swift_static"

sdk=$compiler/sdks/aarch64.artifactbundle
mkdir -p "$compiler"/{berth,build,sysroot,pkgconfig} "$sdk/aarch64"
cat >"$sdk/info.json" <<-'END'
	{
		"schemaVersion": "1.0",
		"artifacts": {
			"aarch64": {
				"type": "swiftSDK", "version": "1", "variants": [{ "path": "aarch64" }]
			}
		}
	}
END
cat >"$sdk/aarch64/swift-sdk.json" <<-'END'
	{
		"schemaVersion": "4.0",
		"targetTriples": {
			"aarch64-unknown-linux-gnu": {
				"sdkRootPath": "/sysroot",
				"swiftResourcesPath": "/sysroot/usr/libexec/swift/lib/swift",
				"swiftStaticResourcesPath": "/sysroot/usr/libexec/swift/lib/swift_static"
			}
		}
	}
END
sed 's|=/usr|=/sysroot/usr|' "$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig/libnl-3.0.pc" \
	>"$compiler/pkgconfig/libnl-3.0.pc"

# With the parser beside them, as in a source archive, the sources build without network access.
mount -t tmpfs -o mode=1777 tmpfs "$compiler/tmp"
overlay=$compiler/tmp/overlay
mkdir -p "$overlay"/{parser,upper,work}
if [ ! -d "$source/swift-argument-parser" ]; then
	cp -a "$source/.build/checkouts/swift-argument-parser" "$overlay/parser/"
fi
mount -t overlay overlay "$compiler/berth" \
	-o "lowerdir=$overlay/parser:$source,upperdir=$overlay/upper,workdir=$overlay/work"
rm -f "$compiler/berth/Package.resolved"
mount --bind "$sysroot" "$compiler/sysroot"
mount --bind "$place/build" "$compiler/build"
mount --rbind /dev "$compiler/dev"
mount -t proc proc "$compiler/proc"

flags=$(sed 's/--scratch-path [^ ]*//; s/--force-resolved-versions//
	s/-fcf-protection=full/-mbranch-protection=standard/' <<<"$SERVICE_BUILD")
read -ra flags <<<"$flags"
for program in berth-net berth-cgroup berth; do
	chroot "$compiler" env -i HOME=/root PATH=/usr/libexec/swift/bin:/usr/bin:/bin LANG=C.UTF-8 \
		BERTH_FILES_ONLY=1 PKG_CONFIG_PATH=/pkgconfig swift build --package-path /berth \
		--product $program "${flags[@]}" --scratch-path /build --disable-sandbox \
		--swift-sdks-path /sdks --swift-sdk aarch64 --static-swift-stdlib -Xswiftc -use-ld=lld
done
