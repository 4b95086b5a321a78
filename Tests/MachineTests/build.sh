#!/bin/bash
# build.sh [SUITE/]KIND DIRECTORY: builds a Debian machine in DIRECTORY: a disk (root.img) and a
# kernel (vmlinuz). As root. KIND is openrc, openrc-init, sysvinit, systemd, runit or finit; with
# openrc, sysvinit is process 1. It uses this machine's package sources; SUITE replaces the suite's
# name in them.
# Status 77: they do not have SUITE, or cannot be reached, for the reason in the last line.
#
# There is no loop device and no initramfs: mke2fs fills the disk from a directory, and Debian's
# cloud kernel has NVMe and ext4 built in. The disk contains nothing of Berth, which run.sh adds at
# each boot. Therefore a change of Berth needs no new machine.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
own=$("$here/debian-sources" suite)
case $1 in */*) suite=${1%/*} ;; *) suite=$own ;; esac
kind=${1##*/} out=$2
# shellcheck source=Tests/LXCVersionTests/sources.sh
. "$here/../LXCVersionTests/sources.sh"
sources() { if [ "$suite" = "$own" ]; then "$here/debian-sources"; else reach; fi; }
[ "$suite" = "$own" ] || unless_reached

packages=(
	kmod apparmor lxc liblxc-common dnsmasq-base nftables iproute2 iputils-ping uidmap
	busybox-static libpam-modules libpam-runtime libnl-3-200 libnl-route-3-200 libcap2 libcap2-bin
	libstdc++6 procps psmisc sudo util-linux
	# Ways to log in, and another container runtime.
	bsdextrautils cron login openssh-client openssh-server passwd crun
)
case $kind in
	# runit and s6 supervise services under any process 1: a scenario starts them.
	openrc) packages+=(openrc sysvinit-core sysvinit-utils initscripts lsb-base runit s6 podman) ;;
	sysvinit) packages+=(sysv-rc sysvinit-core sysvinit-utils initscripts insserv lsb-base) ;;
	systemd) packages+=(systemd-sysv dbus dbus-user-session libpam-systemd systemd-container) ;;
	openrc-init) packages+=(openrc openrc-init sysvinit-utils initscripts podman) ;;
	runit) packages+=(runit runit-init sysvinit-utils initscripts) ;;
	finit) packages+=(finit finit-sysv finit-plugins sysvinit-utils) ;;
	*) echo "$0: there is no kind $kind" >&2; exit 2 ;;
esac
# Debian 12's machines have no session manager but systemd's; newer ones with OpenRC have elogind.
case $suite-$kind in
	"$own"-*) ;;
	*-openrc | *-openrc-init) packages+=(elogind libpam-elogind dbus) ;;
esac

mkdir -p "$out"
rm -rf "$work"
work=$(mktemp -d "$out/work.XXXXXX")
root=$work/root
# Other users look for programs in it.
chmod 755 "$work"

# Downloads packages of the suite that are not installed: the kernel, whose installation would
# configure a boot loader, and a package that a scenario removes, and apt installs again.
mkdir "$work/kernel"
cat >"$work/download" <<'END'
#!/bin/sh -e
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
version=$(apt-cache depends linux-image-cloud-amd64 \
	| sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p' | head -n 1)
echo "$version" >"${0%/*}/version"
cd "${0%/*}/kernel"
# shellcheck disable=SC2046 # words
apt-get -q -o APT::Sandbox::User=root download \
	$(apt-cache pkgnames | grep -x "linux-\(base\|binary\|image\|modules\)-$version")
mkdir "$1/srv/packages"
cd "$1/srv/packages"
apt-get -q -o APT::Sandbox::User=root download uidmap
END
chmod 755 "$work/download"

mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
	--dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
	--include="$(IFS=,; echo "${packages[*]}")" --customize-hook="$work/download" \
	"$suite" "$root" - < <(sources) >&2

(cd "$root/srv/packages" && dpkg-deb -f uidmap_*.deb \
	&& printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n' uidmap_*.deb \
	"$(stat -c %s uidmap_*.deb)" "$(cat uidmap_*.deb | sha256sum | cut -d ' ' -f 1)") >"$work/index"
mv "$work/index" "$root/srv/packages/Packages"

for package in "$work/kernel"/*.deb; do dpkg-deb -x "$package" "$work/kernel"; done
version=$(cat "$work/version")
find "$work/kernel" -name 'vmlinuz*' -exec cp {} "$out/vmlinuz" \;
mkdir -p "$root/usr/lib/modules"
mv "$(find "$work/kernel" -path "*/lib/modules/$version")" "$root/usr/lib/modules/"
[ -e "$root/lib/modules" ] || ln -s ../usr/lib/modules "$root/lib/modules"
chroot "$root" depmod -a "$version"

echo '/dev/root / ext4 defaults,noatime 0 0' >"$root/etc/fstab"
echo "$kind" >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$kind" >"$root/etc/hosts"
for user in alice:1000 bob:1001; do
	chroot "$root" useradd -m -s /bin/bash -u "${user#*:}" "${user%:*}"
	# Root of a user namespace must be able to pass through.
	chmod 711 "$root/home/${user%:*}"
done
chroot "$root" passwd -q -d root

# Services that no scenario needs would take half of the boot time.
case $kind in
	openrc | openrc-init)
		sed -i 's/^#*rc_cgroup_mode=.*/rc_cgroup_mode="unified"/' "$root/etc/rc.conf"
		grep -q '^rc_cgroup_mode=' "$root/etc/rc.conf" \
			|| echo 'rc_cgroup_mode="unified"' >>"$root/etc/rc.conf"
		for service in default/{bootlogs,cron,lxc,rmnologin,runsvdir,ssh,sudo} \
			sysinit/{brightness,hwclock.sh,urandom,mountnfs.sh,mountnfs-bootclean.sh} \
			sysinit/{mount-configfs,checkfs.sh}; do
			rm -f "$root/etc/runlevels/$service"
		done
		;;
	runit)
		for service in cron lxc lxc-net ssh sudo; do
			rm -f "$root"/etc/rc?.d/[SK]??"$service" "$root/etc/runit/runsvdir/default/$service"
		done
		rm -f "$root"/etc/runit/runsvdir/default/getty-*
		mkdir "$root/etc/sv/conduct"
		# runit would start it again when it ends.
		cat >"$root/etc/sv/conduct/run" <<-'END'
			#!/bin/sh
			/machine/conduct </dev/null >/dev/console 2>&1
			exec sleep 600
		END
		chmod 755 "$root/etc/sv/conduct/run"
		ln -s /etc/sv/conduct "$root/etc/runit/runsvdir/default/"
		;;
	finit)
		rm -f "$root"/etc/finit.d/{acpid,getty,rsyslogd,sshd}.conf
		ln -sf available/apparmor.conf "$root/etc/finit.d/"
		echo 'task [2] name:conduct /machine/conduct -- scenario' >"$root/etc/finit.d/conduct.conf"
		;;
	sysvinit)
		for service in cron lxc ssh; do chroot "$root" update-rc.d "$service" disable; done
		# The sysvinit scripts do not mount it.
		echo 'cgroup2 /sys/fs/cgroup cgroup2 nosuid,nodev,noexec,nsdelegate 0 0' >>"$root/etc/fstab"
		;;
	systemd)
		cat >"$root/etc/systemd/system/conduct.service" <<-'END'
			[Unit]
			After=multi-user.target
			[Service]
			Type=idle
			ExecStart=/machine/conduct
			StandardOutput=tty
			TTYPath=/dev/console
			[Install]
			WantedBy=default.target
		END
		chroot "$root" systemctl -q enable conduct.service
		chroot "$root" systemctl -q set-default multi-user.target
		chroot "$root" systemctl -q disable cron.service lxc.service ssh.service
		chroot "$root" systemctl -q mask getty@.service serial-getty@.service apt-daily.timer \
			apt-daily-upgrade.timer e2scrub_all.timer systemd-networkd-wait-online.service
		;;
esac
# The scenario comes when the default runlevel is complete.
case $kind in
	openrc | sysvinit)
		sed -i '/getty/d' "$root/etc/inittab"
		echo 'be:2345:once:/machine/conduct </dev/null >/dev/console 2>&1' >>"$root/etc/inittab"
		;;
	openrc-init)
		cat >"$root/etc/init.d/conduct" <<-'END'
			#!/sbin/openrc-run
			depend() { after *; }
			start() {
				setsid /etc/conduct </dev/null >/dev/console 2>&1 &
			}
		END
		# In the cgroup of process 1, like what an inittab starts.
		cat >"$root/etc/conduct" <<-'END'
			#!/bin/sh
			echo $$ >"/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/1/cgroup)/cgroup.procs"
			while [ -e /run/openrc/rc.starting ]; do sleep 0.1; done
			exec /machine/conduct
		END
		chmod 755 "$root/etc/conduct" "$root/etc/init.d/conduct"
		chroot "$root" rc-update -q add conduct default
		;;
esac

# The kernel starts this instead of init. It unpacks the files for this boot.
cat >"$root/sbin/machine-init" <<'END'
#!/bin/sh
modprobe -a virtio_pci virtio_blk
# ifupdown is missing.
ip link set lo up
tar -x -p -C / -f /dev/vda && /machine/prepare
exec /sbin/init
END
chmod 755 "$root/sbin/machine-init"

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "${root:?}"/dev/*
mknod -m 600 "$root/dev/console" c 5 1
mknod -m 666 "$root/dev/null" c 1 3
mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1,nodiscard -L root -d "$root" \
	"$out/root.img" 1400M
