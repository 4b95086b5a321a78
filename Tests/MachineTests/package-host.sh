#!/bin/bash
# package-host.sh DIRECTORY: creates a Debian host in DIRECTORY for package.sh, from this machine's
# package sources. As root.
#
# It has what Berth and both inits need. The packages of LXC are in /lxc, not installed. Services
# are not started.
set -euo pipefail
sources=$(dirname "$(readlink -f "$0")")/debian-sources
# shellcheck disable=SC2016 # $1 is the hook's
mmdebstrap --quiet --mode=root --variant=minbase --format=directory --dpkgopt=force-unsafe-io \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
	--include=dnsmasq-base,libnl-3-200,libpam-runtime,libstdc++6,man-db,nftables,openrc,procps \
	--customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"' \
	--customize-hook='chmod 755 "$1/usr/sbin/policy-rc.d"' \
	--customize-hook='chroot "$1" apt-get -q -y --download-only install lxc' \
	--customize-hook='mkdir "$1/lxc" && mv "$1"/var/cache/apt/archives/*.deb "$1/lxc/"' \
	"$("$sources" suite)" "$1" - < <("$sources")
