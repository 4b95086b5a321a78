#!/bin/bash
# build.sh openrc|sysvinit|systemd DIRECTORY: builds a Debian machine in DIRECTORY: a disk
# (root.img) and a kernel (vmlinuz). As root. It uses this machine's package sources. With openrc,
# sysvinit is process 1.
#
# There is no loop device and no initramfs: mke2fs fills the disk from a directory, and Debian's
# cloud kernel has NVMe and ext4 built in. The disk contains nothing of Berth, which run.sh adds at
# each boot. Therefore a change of Berth needs no new machine.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
kind=$1 out=$2

packages=(
	kmod apparmor lxc liblxc-common dnsmasq-base nftables iproute2 iputils-ping uidmap
	busybox-static libpam-modules libpam-runtime libnl-3-200 libnl-route-3-200 libcap2 libcap2-bin
	libstdc++6 procps psmisc sudo util-linux
	# Ways to log in, and another container runtime.
	bsdextrautils cron openssh-client openssh-server crun
)
case $kind in
	# runit and s6 supervise services under any process 1: a scenario starts them.
	openrc) packages+=(openrc sysvinit-core sysvinit-utils initscripts lsb-base runit s6 podman) ;;
	sysvinit) packages+=(sysv-rc sysvinit-core sysvinit-utils initscripts insserv lsb-base) ;;
	systemd) packages+=(systemd-sysv dbus dbus-user-session libpam-systemd systemd-container) ;;
	*) echo "$0: $kind is none of openrc, sysvinit and systemd" >&2; exit 2 ;;
esac

mkdir -p "$out"
work=$(mktemp -d "$out/work.XXXXXX")
root=$work/root
trap 'rm -rf "$work"' EXIT
# Other users look for programs in it.
chmod 755 "$work"

# The kernel is unpacked, not installed: its installation would configure a boot loader.
kernel=$(apt-cache depends linux-image-cloud-amd64 \
	| sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
(cd "$work" && apt-get -q -o APT::Sandbox::User=root download "$kernel" >/dev/null \
	&& dpkg-deb -x linux-image-*.deb kernel) &
unpacking=$!

mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
	--dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
	--include="$(IFS=,; echo "${packages[*]}")" \
	"$("$here/debian-sources" suite)" "$root" - < <("$here/debian-sources") >&2

# A scenario removes this package, and apt installs it again.
mkdir "$root/srv/packages"
(cd "$root/srv/packages" && apt-get -q -o APT::Sandbox::User=root download uidmap >/dev/null \
	&& dpkg-deb -f uidmap_*.deb && printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n' uidmap_*.deb \
	"$(stat -c %s uidmap_*.deb)" "$(cat uidmap_*.deb | sha256sum | cut -d ' ' -f 1)") >"$work/index"
mv "$work/index" "$root/srv/packages/Packages"

wait "$unpacking"
cp "$work"/kernel/boot/vmlinuz-* "$out/vmlinuz"
version=$(basename "$work"/kernel/lib/modules/*)
mkdir -p "$root/usr/lib/modules"
mv "$work/kernel/lib/modules/$version" "$root/usr/lib/modules/"
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
	openrc)
		sed -i 's/^#*rc_cgroup_mode=.*/rc_cgroup_mode="unified"/' "$root/etc/rc.conf"
		grep -q '^rc_cgroup_mode=' "$root/etc/rc.conf" \
			|| echo 'rc_cgroup_mode="unified"' >>"$root/etc/rc.conf"
		for service in default/{bootlogs,cron,lxc,rmnologin,runsvdir,ssh,sudo} \
			sysinit/{brightness,hwclock.sh,urandom,mountnfs.sh,mountnfs-bootclean.sh} \
			sysinit/{mount-configfs,checkfs.sh}; do
			rm -f "$root/etc/runlevels/$service"
		done
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
if [ "$kind" != systemd ]; then
	# The scenario comes after the line that runs the default runlevel. ifupdown is missing, so this
	# configures lo.
	sed -i '/getty/d' "$root/etc/inittab"
	cat >>"$root/etc/inittab" <<-'END'
		lo::sysinit:/bin/ip link set lo up
		be:2345:once:/machine/conduct </dev/null >/dev/console 2>&1
	END
fi

# The kernel starts this instead of init. It unpacks the files for this boot.
cat >"$root/sbin/machine-init" <<'END'
#!/bin/sh
tar -x -p -C / -f /dev/nvme1n1 && /machine/prepare
exec /sbin/init
END
chmod 755 "$root/sbin/machine-init"

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "${root:?}"/dev/*
mknod -m 600 "$root/dev/console" c 5 1
mknod -m 666 "$root/dev/null" c 1 3
mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1,nodiscard -L root -d "$root" \
	"$out/root.img" 1400M
