# shellcheck shell=bash
# ContainerFaults.swift runs this on a host with LXC, berth-net and alice. Each fault is in the
# container's own files, or in the session that starts it.
# shellcheck source=Tests/DoctorTests/start-steps.sh
. "${faults:?the directory of start-steps.sh}/start-steps.sh"

rcS=$root/etc/init.d/rcS
cp -a "$root/etc" /run/etc
# files: the container's own files, as they were created.
files() { rm -rf "${root:?}/etc"; cp -a /run/etc "$root/etc"; }
# online: whether the container gets an IPv4 address.
online() {
	local pid address=
	start web || { echo fails; return; }
	for _ in $(seq "${tries:-100}"); do
		pid=$(as_alice lxc-info -n web -pH 2>/dev/null)
		address=$(nsenter -t "${pid:-0}" -n ip -4 -o address show scope global 2>/dev/null)
		[ -z "$address" ] || break
		sleep 0.1
	done
	if [ -n "$address" ]; then echo online; else echo offline; fi
	stop_alices web 0 >/dev/null 2>&1
}
# offline NAME CHECK: the container starts without its network, and has it after the user's fix, if
# there is one.
offline() {
	local line
	doctor --container web
	line="$1: $(verdict "$2") $(tries=15 online)"
	message "$2" >>/run/messages
	fixes "$2" user >/run/fix.user
	if [ -s /run/fix.user ]; then
		as_alice bash -e /run/fix.user || echo "$1: the fix fails"
		doctor --container web
		line+=" -> $(verdict "$2") $(online)"
	fi
	echo "$line"
	restore; files
}
# silent NAME CHECK...: none of these checks reports a problem or a warning.
silent() {
	local name=$1 check said=
	shift
	doctor --container web
	for check; do
		case $(verdict "$check") in problem | warning) said+=" $(message "$check")" ;; esac
	done
	echo "healthy, $name:$said"
	restore; files
}

quiet 'as created'
echo "as created: $(online)"

# The root file system, and what its init starts.
mkdir /run/host/disk; mv "$root" /run/host/disk/root; ln -s /run/host/disk/root "$root"
broken 'root file system a link' rootfs
rm "$root"; mv /run/host/disk/root "$root"
mv "$root/sbin/init" /run/init; ln -s /opt/runit/init "$root/sbin/init"
advised 'init a dangling link' init
rm "$root/sbin/init"; mv /run/init "$root/sbin/init"
mv "$root/sbin" "$root/usr/sbin2"; ln -s usr/sbin2 "$root/sbin"
silent 'sbin a link' init boot
rm "$root/sbin"; mv "$root/usr/sbin2" "$root/sbin"
chmod 644 "$rcS"; offline 'script not executable' boot
sed -i '1s/.*/#!\/bin\/dash/' "$rcS"; offline 'script without its shell' boot
rm "$rcS"; offline 'script missing' boot
ln -sf /opt/rc "$rcS"; offline 'script a dangling link' boot
rm "$root/bin/sh"; offline 'no shell' boot
ln -s busybox "$root/bin/sh"
sed -i 's,/bin/getty,/sbin/agetty,' "$root/etc/inittab"; advised 'getty missing' boot; files
sed -i 's,^/bin/syslogd,/sbin/rsyslogd,' "$rcS"; advised 'command of a script missing' boot; files
printf 'if [ -x /sbin/no ]; then\n\t/sbin/no\nfi\n/sbin/no || true\n' >>"$rcS"
silent 'conditions in a script' boot
chmod 600 "$root/etc/passwd"; doctor --container web
message boot >>/run/messages; fixes boot user >/run/fix.user
echo "accounts closed: $(verdict boot)"; as_alice bash -e /run/fix.user
doctor --container web; echo "then: $(verdict boot) $(stat -c %a "$root/etc/passwd")"; files
rm "$root/etc/passwd"; advised 'no accounts' boot; files
sed -i 's/$/\r/' "$root/etc/inittab"; offline 'inittab with CR LF' boot
: >"$root/etc/inittab"; offline 'empty inittab' boot
rm -r "$root/etc/inittab"; silent 'no inittab' boot
chmod 700 "$root"; quiet 'closed root file system'; chmod 755 "$root"
lxc=$(dirname "$(strings -a /usr/lib/*/liblxc.so.1 | grep '/lxc/rootfs$' | head -1)")
mount -t tmpfs -o mode=755 tmpfs "$lxc"; sed -i 's/none ro,bind 0/none ro,rbind 0/' "$config"
broken 'mount point of LXC missing' rootfs; umount "$lxc"
mv "$HOME/.local/share/lxc" /run/host/lxc; ln -s /run/host/none "$HOME/.local/share/lxc"
doctor --container web; message id-map >>/run/messages
echo "directory a dangling link: $(verdict id-map) $(starts)"
rm "$HOME/.local/share/lxc"; mv /run/host/lxc "$HOME/.local/share/lxc"

# Settings that LXC or the kernel rejects only when the container starts.
profile() {
	printf '%s\n' "$@" >"$HOME/profile"; chown 5000:5000 "$HOME/profile"
	with "lxc.seccomp.profile = $HOME/profile"
}
profile 2 denylist 'mknod errno'; broken 'error without number' config-files
profile 2 denylist 'mknod deny'; broken 'unknown action' config-files
profile 2 allowlist read write; broken 'allowlist too short' config-files
profile 2 denylist '[all]' 'kexec_load errno 1' 'mknod errno 1 [1,8192,SCMP_CMP_MASKED_EQ,61440]' \
	'# comment' 'delete_module kill # why' open_by_handle_at
quiet 'seccomp profile'; rm "$HOME/profile"
with 'lxc.namespace.clone = user mnt pid net'; broken 'no namespace of host names' namespaces
with 'lxc.namespace.clone = user mnt pid uts net ipc'; quiet 'namespaces'
with 'lxc.mount.entry = tmpfs mnt tmpfs sise=10m 0 0'; advised 'option of tmpfs' mounts
with 'lxc.mount.entry = tmpfs mnt tmpfs size=10m,mode=755,nodev 0 0'; quiet 'tmpfs'
with 'lxc.mount.entry = /srv ../srv none bind,create=dir 0 0'; advised 'mount point outside' mounts

profile 2 denylist 'socket errno 1'; broken 'no sockets' config-files; rm "$HOME/profile"
with 'lxc.NET.0.mtu = 1400'; broken 'key in upper case' config
sed -i 's/= u 0/= U 0/' "$config"; broken 'ID map in upper case' config
sed -i '1s/^/\xef\xbb\xbf/' "$config"; printf '; a\n// b\n' >>"$config"
quiet 'comments of other programs'
mv "$config" /run/host/config; advised 'configuration gone' id-map
mkdir -p /var/lib/lxc/roots; doctor --container roots; message id-map >>/run/messages
doctor --container wbe; message id-map >>/run/messages; rmdir /var/lib/lxc/roots
mkdir /run/host/closed; mv "$HOME/.local/share/lxc" /run/host/closed
ln -s /run/host/closed/lxc "$HOME/.local/share/lxc"; chmod 700 /run/host/closed
doctor; echo "disk closed: $(verdict search-permission) $(starts)"
message search-permission >>/run/messages; chmod 711 /run/host/closed
doctor --container web; echo "disk open: $(verdict search-permission) $(starts)"
rm "$HOME/.local/share/lxc"; mv /run/host/closed/lxc "$HOME/.local/share/lxc"

# What the container does with its NIC.
cp -a "$root/etc/udhcpc/default.script" /run/default.script
rm "$root/etc/udhcpc/default.script"; offline 'script of udhcpc missing' container-network
sed -i 's,^/bin/udhcpc,& -s /etc/udhcpc.sh,' "$rcS"
offline 'other script of udhcpc missing' container-network
with 'lxc.net.0.name = ens3'; offline 'another name' container-network
sed -i 's,^/bin/udhcpc,& -i ens18,' "$rcS"; offline 'name of another host' container-network
with 'lxc.net.0.type = empty'; offline 'empty network' container-network
sed -i '/^lxc.net/d' "$config"; offline 'no network' container-network
sed -i '/^lxc.net.0.flags/d' "$config"
as_alice lxc-start -n web; sleep 1; doctor --container web
echo "flags missing: $(verdict nics)"; message nics >>/run/messages
stop_alices web 0 >/dev/null 2>&1; restore
mkdir -p "$root/etc/network"
printf 'auto lo\niface lo inet loopback\nauto enp0s3\niface enp0s3 inet dhcp\n' \
	>"$root/etc/network/interfaces"
sed -i /udhcpc/d "$rcS"; advised 'interfaces of another host' container-network; files
mkdir -p "$root/etc/network"
printf 'auto eth0\niface eth0 inet dhcp\n' >"$root/etc/network/interfaces"
silent 'interfaces' container-network
mkdir -p "$root/etc/systemd/network"
printf '[Match]\nName=enp*\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/a.network"
sed -i /udhcpc/d "$rcS"; advised 'network of another host' container-network; files
mkdir -p "$root/etc/systemd/network"
printf '[Match]\nName=e*\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/a.network"
sed -i /udhcpc/d "$rcS"; silent 'networkd' container-network
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
advised 'resolv.conf of systemd' resolv-conf; files
ln -sf /etc/resolv.old "$root/etc/resolv.conf"; advised 'resolv.conf dangling' resolv-conf; files
ln -sf /run/dhcp/resolv.conf "$root/etc/resolv.conf"; silent 'resolv.conf of a daemon' resolv-conf

echo 'nameserver 10.0.4.1' >"$root/etc/resolv.conf"
advised 'resolv.conf of another network' resolv-conf; files
mkdir -p "$root/etc/network"
printf 'auto eth0\niface eth0 inet static\n\taddress 10.0.3.200/24\n\tgateway 10.0.3.254\n' \
	>"$root/etc/network/interfaces"
advised 'interfaces with another router' container-network
sed -i 's/10.0.3.254/10.0.3.1/' "$root/etc/network/interfaces"
silent 'interfaces with an address' container-network
sed -i '/udhcpc/d' "$rcS"; offline 'no DHCP client' container-network
sed -i 's,^/bin/udhcpc,/sbin/ip address add 10.0.3.200/24 dev eth0,' "$rcS"
silent 'address of a script' container-network

# The session.
session=(env HOME=/root); own 'HOME of root' session
session=(env -u HOME); own 'no HOME' session
ln -s "$HOME" /run/host/alias; session=(env HOME=/run/host/alias)
as_alice "$berth" doctor --container web >/dev/null; echo "healthy, HOME by a link: $?"; restore
bin=$HOME/bin; install -d "$bin"; install -m 755 /usr/bin/newuidmap /usr/bin/newgidmap "$bin"
session=(env "PATH=$bin:/usr/bin:/bin"); own 'newuidmap of another prefix' id-map-programs
chmod 644 "$bin"/*; session=(env "PATH=$bin:/usr/bin:/bin")
as_alice "$berth" doctor --container web >/dev/null; echo "healthy, PATH of a user: $?"; restore
mkdir "$HOME/none"; session=(/usr/bin/env "PATH=$HOME/none")
as_alice "$berth" doctor --container web --json >/run/doctor.json
echo "PATH without programs: $(verdict id-map-programs)"; restore
session=(unshare --user --map-current-user); own 'user namespace' session-namespaces
session=(unshare --user --map-root-user); own 'root of a namespace' session-namespaces
ip netns add vpn; ip -n vpn link set lo up; install -m 4755 /usr/bin/nsenter /run/host/enter
session=(/run/host/enter --net=/run/netns/vpn -S 5000 -G 5000); own 'VPN' session-namespaces
ip netns exec vpn "$berth" doctor alice --container web --json >/run/doctor.json
echo "root in a VPN: $(verdict session-namespaces) bridge $(verdict bridge)"
ip netns delete vpn

# Files of the host.
chmod 600 /etc/passwd; fault '/etc/passwd closed' system-files --container web
chmod 600 /etc/group /etc/nsswitch.conf /etc/hosts
fault 'others closed' system-files --container web
chmod 711 /etc; quiet 'directory that users cannot list'; chmod 755 /etc
# In a layer above the machine's directory.
mkdir /run/host/upper /run/host/work
mount -t overlay overlay /usr/libexec \
	-o lowerdir=/usr/libexec,upperdir=/run/host/upper,workdir=/run/host/work
mount --bind /run/host/libexec /usr/libexec/lxc
chmod 700 /usr/libexec; fault 'directory closed' system-files -s --container web
umount /usr/libexec/lxc /usr/libexec
chmod 755 /tmp; fault '/tmp closed' system-files --container web
mount -t tmpfs tmpfs /dev/pts; broken 'devpts covered' devices
while mountpoint -q /dev/pts; do umount -l /dev/pts; done
broken 'devpts unmounted' devices

# Hooks whose commands can be checked only by running them.
program "$HOME/hook" '#!/bin/sh\nip route add 198.51.100.0/24 dev lxcbr0\n'
with "lxc.hook.pre-start = $HOME/hook"; doctor --container web
echo "hook without privileges: $(verdict hooks) $(starts)"; restore
with 'lxc.hook.pre-start = /bin/false'; broken 'hook that fails' hooks
for line in 'exit 3' 'nosuchprogram a' 'test -d /nowhere'; do
	program "$HOME/hook" "#!/bin/sh\n$line\n"; with "lxc.hook.pre-start = $HOME/hook"
	broken "hook with $line" hooks
done
program "$HOME/hook" '#!/bin/sh\ntest -d /nowhere || exit 0\nnosuchprogram || exit 0\n'
with "lxc.hook.pre-start = $HOME/hook"; doctor --container web
echo "hook with conditions: $(verdict hooks) $(starts)"; restore

# Limits of the session.
for limit in sigpending=0:0 nofile=20:20; do
	session=(prlimit "--$limit")
	as_alice "$berth" doctor --container web --json >/run/doctor.json
	echo "$limit: $(verdict session-limits) $(verdict id-map-programs) $(starts)"; restore
done
sed -i 's/^passwd:.*/passwd: sss/' /etc/nsswitch.conf; "$berth" doctor alice 2>>/run/messages
echo "accounts elsewhere: $?"; sed -i 's/^passwd:.*/passwd: files/' /etc/nsswitch.conf

quiet 'at the end'
conclude
