# shellcheck shell=bash
# ConfigurationFaults.swift runs this on a host with LXC, berth-net and alice. Each fault is in the
# configuration of the container `web`, or in a file that it names.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"

place=$HOME/.local/share/lxc/web
config=$place/config
root=$place/rootfs
cp -a "$config" /run/config

# restore: the healthy configuration.
restore() { cp -a /run/config "$config"; }
# with LINE...: the healthy configuration, and these lines.
with() { restore; printf '%s\n' "$@" >>"$config"; }
# without PATTERN [LINE...]: the healthy configuration without the lines that match, and with these.
without() {
	restore; sed -i "/$1/d" "$config"; shift
	[ $# = 0 ] || printf '%s\n' "$@" >>"$config"
}
# broken NAME CHECK: names the fault and applies its fix; lxc-start fails before and works after.
broken() { fault "$1" "$2" -s --container web; restore; }
# advised NAME CHECK: as `broken`, for a fault whose fix has no command.
advised() {
	doctor --container web
	echo "$1: $(verdict "$2") $(starts)"
	message "$2" >>/run/messages
	[ -z "$(fixes "$2" root)$(fixes "$2" user)" ] || echo "$1: a command is offered"
	restore
}
# healthy_with NAME LINE...: no problem and no warning of a check of this script.
healthy_with() {
	local name=$1 check
	shift
	with "$@"
	doctor --container web
	local said=
	for check in config rootfs init mounts hooks config-files nic-settings limits namespaces; do
		case $(verdict "$check") in problem | warning) said+=" $check: $(message "$check")" ;; esac
	done
	echo "healthy, $name: $(starts)$said"
	restore
}

healthy healthy
healthy_with 'as created'
healthy_with 'files of the distribution' 'lxc.include = /usr/share/lxc/config/common.conf' \
	'lxc.include = /usr/share/lxc/config/userns.conf'

# Lines of the configuration.
with 'lxc.uts.nam = web'; broken 'misspelled key' config
with 'lxc.net.0.lnk = lxcbr0'; broken 'misspelled key of a NIC' config
with 'lxc.utsname = web'; broken 'key of LXC 2' config
with 'lxc.bogus.key = 1'; broken 'unknown key' config
with 'lxc.uts.name web'; broken 'no equals sign' config
with 'lxc.tty.max = 2 # two'; broken 'comment after a value' config
with 'lxc.tty.max = many'; broken 'not a number' config
with 'lxc.start.auto = yes'; broken 'not a flag' config
with 'lxc.signal.halt = SIGHALT'; broken 'no such signal' config
with 'lxc.mount.auto = proc:ro'; broken 'no such automatic mount' config
with 'lxc.cap.drop = CAP_SYS_BOOT'; broken 'capability with its prefix' config
with 'lxc.arch = x86-64'; broken 'no such architecture' config
with 'lxc.cap.keep = sys_boot'; broken 'capabilities kept and dropped' config
with 'lxc.prlimit.nofiles = 100'; broken 'no such limit' config
with 'lxc.prlimit.nofile = 2000:1000'; broken 'soft limit above the hard one' config
without '^lxc.net.0.link'; broken 'no link' nic-settings
with 'lxc.net.0.ipv4.address = 10.0.3.9/33'; broken 'prefix length of an address' config
with 'lxc.net.1.macvlan.mode = bridge'; broken 'mode before the type' config
with 'lxc.hook.version = 2'; broken 'hook version' config
with 'lxc.idmap = b 0 1000000 65536'; broken 'kind of ID map' config
with 'lxc.environment.runtime = A=b'; broken 'key of LXC 7' config
without 'lxc.net.0.type' 'lcx.net.0.type = veth'
fault 'misspelled lxc' config --container web; restore
with 'this is not a comment'; fault 'no comment sign' config --container web; restore
mkdir "$HOME"/conf.d; echo 'lxc.tty.maxx = 1' >"$HOME"/conf.d/tty.conf
chown -R 5000:5000 "$HOME"/conf.d
with "lxc.include = $HOME/conf.d"; broken 'misspelled key of an included file' config
rm -r "$HOME"/conf.d
echo 'lxc.tty.max = 1' >/run/tty.conf; chmod 600 /run/tty.conf
with 'lxc.include = /run/tty.conf'; broken 'included file not readable' config

# The root file system, and init.
without 'lxc.rootfs.path'; broken 'no rootfs' rootfs
with "lxc.rootfs.path = dir:$HOME/nosuch"; advised 'rootfs missing' rootfs
with 'lxc.rootfs.path = dir:/etc/passwd'; advised 'rootfs is a file' rootfs
with 'lxc.rootfs.path = dir:web/rootfs'; advised 'rootfs is relative' rootfs
for kind in lvm rbd nbd loop; do
	with "lxc.rootfs.path = $kind:$root"; advised "rootfs on $kind" rootfs
done
with "lxc.rootfs.path = overlay:$root"; advised 'overlay of one directory' rootfs
with "lxc.rootfs.path = overlay:/nosuch:$place/overlay/delta"; advised 'lower layer missing' rootfs
as_alice mkdir "$HOME"/up
with "lxc.rootfs.path = overlay:$root:$HOME/up/delta"; advised 'upper layer not writable' rootfs
with 'lxc.rootfs.mount = /nosuch'; broken 'rootfs mount point' rootfs
with 'lxc.rootfs.options = idmap=container'; broken 'idmapped rootfs' rootfs
cp -a "$root" /run/root; chown -R 5000:5000 /run/root
mv "$root" /run/root.healthy; mv /run/root "$root"
fault "rootfs of alice's own ID" rootfs --container web
echo "its owner: $(stat -c %u:%g "$root" "$root"/sbin/init | paste -s -d ' ') $(starts)"
rm -rf "$root"; mv /run/root.healthy "$root"
mount -t tmpfs -o mode=755,noexec tmpfs /mnt; cp -a "$root" /mnt/root
with 'lxc.rootfs.path = dir:/mnt/root'; advised 'rootfs on noexec' rootfs
mount -o remount,exec,nosuid /mnt
with 'lxc.rootfs.path = dir:/mnt/root'; doctor --container web
echo "rootfs on nosuid: $(verdict rootfs) $(starts)"; restore
umount /mnt
mv "$root"/sbin/init /run/init; advised 'init missing' init; mv /run/init "$root"/sbin/init
with 'lxc.init.cmd = /sbin/initt'; broken 'init misspelled' init
cp -a "$root"/sbin/init /run/init
rm "$root"/sbin/init; cp -a /run/init "$root"/sbin/init; chmod 644 "$root"/sbin/init
broken 'init not executable' init
printf '#!/bin/nosuch\n' >"$root"/sbin/init; advised 'interpreter of init missing' init
cp -a /run/init "$root"/sbin/init
printf '\267' | dd of="$root"/sbin/init bs=1 seek=18 conv=notrunc status=none
doctor --container web; echo "init of another architecture: $(verdict init)"
rm "$root"/sbin/init; ln "$root"/bin/busybox "$root"/sbin/init
with 'lxc.init.cwd = /nosuch'; broken 'working directory of init' init

# Mounts.
entry() { with "lxc.mount.entry = $1"; }
as_alice mkdir -p "$HOME"/share/sub "$HOME"/closed/in; as_alice touch "$HOME"/file
chmod 700 "$HOME"/closed
entry "$HOME/nosuch mnt none bind 0 0"; broken 'source missing' mounts; rmdir "$HOME"/nosuch
entry "/nosuch mnt none bind 0 0"; broken 'source missing elsewhere' mounts
entry "$HOME/share srv/share none bind 0 0"; broken 'mount point missing' mounts
entry "$HOME/file srv/file none bind 0 0"; broken 'mount point of a file missing' mounts
# A start would create the mount point.
rm -rf "$root"/srv
entry "$HOME/share srv/s none bind,create=file 0 0"
fault 'file created for a directory' mounts --container web; echo "then: $(starts)"
restore; rm -rf "$root"/srv
entry "$HOME/file srv/f none bind,create=dir 0 0"
fault 'directory created for a file' mounts --container web; echo "then: $(starts)"
restore; rm -rf "$root"/srv
entry "$HOME/file mnt none bind 0 0"; advised 'file onto a directory' mounts
entry "$HOME/share /mnt none bind 0 0"; fault 'absolute mount point' mounts --container web
echo "it is relative now: $(grep -c 'share mnt none' "$config") $(starts)"; restore
entry "$HOME/share mnt none ro 0 0"; broken 'no bind' mounts
entry "$HOME/share mnt"; advised 'fields missing' mounts
entry "/dev/sda1 mnt ext4 ro 0 0"; advised 'file system for root only' mounts
entry "$HOME/closed/in mnt none bind 0 0"; broken 'source not searchable' mounts
entry "share mnt none bind 0 0"; advised 'relative source' mounts
ln -s mnt "$root"/link
entry "$HOME/share link none bind 0 0"; advised 'mount point is a link' mounts; rm "$root"/link
mount -t tmpfs tmpfs "$HOME"/share/sub
entry "$HOME/share mnt none bind 0 0"; broken 'submount without rbind' mounts
umount "$HOME"/share/sub
entry '/dev/null dev/extra none bind 0 0'; broken 'device without create' mounts
entry '/dev/nosuch dev/extra none bind,create=file 0 0'; broken 'device missing' mounts
as_alice mkdir "$HOME"/lower
entry "overlay mnt overlay lowerdir=$HOME/lowr,upperdir=$HOME/up,workdir=$HOME/work 0 0"
broken 'lower layer of an entry' mounts
entry "$HOME/share mnt none bind,idmap=container 0 0"; broken 'idmapped mount' mounts
echo "$HOME/gone mnt none bind 0 0" >"$HOME"/fstab; chown 5000:5000 "$HOME"/fstab
with "lxc.mount.fstab = $HOME/fstab"; broken 'source of a fstab' mounts; rmdir "$HOME"/gone
healthy_with 'mounts' "lxc.mount.entry = $HOME/share srv/share none bind,create=dir 0 0" \
	"lxc.mount.entry = $HOME/file srv/file none bind,ro,create=file 0 0" \
	'lxc.mount.entry = /dev/null dev/extra none bind,create=file 0 0' \
	'lxc.mount.entry = tmpfs mnt tmpfs size=1m 0 0' \
	"lxc.mount.entry = $HOME/share mnt/share none bind,create=dir 0 0" \
	"lxc.mount.entry = $HOME/nosuch opt none bind,optional 0 0" \
	"lxc.mount.entry = /sys/kernel/debug sys/kernel/debug none bind,optional 0 0"
rm -rf "$root"/srv

# Hooks.
hook() {
	printf '#!/bin/sh\ntrue\n' >"$HOME"/hook
	chown 5000:5000 "$HOME"/hook; chmod "$1" "$HOME"/hook
}
with "lxc.hook.pre-start = $HOME/nohook"; broken 'hook missing' hooks
hook 644; with "lxc.hook.pre-start = $HOME/hook"; broken 'hook not executable' hooks
hook 700; with "lxc.hook.mount = $HOME/hook"; broken "hook of the container's root" hooks
hook 755; sed -i '1s,.*,#!/bin/nosuch,' "$HOME"/hook
with "lxc.hook.pre-start = $HOME/hook"; advised 'interpreter of a hook missing' hooks
hook 755; with "lxc.hook.start = $HOME/hook"; broken 'start hook not in the container' hooks
with 'lxc.net.0.script.up = /nosuch'; broken 'script of a NIC' hooks
hook 755; healthy_with 'hooks' "lxc.hook.pre-start = $HOME/hook" "lxc.hook.mount = $HOME/hook" \
	'lxc.hook.pre-start = true && true' 'lxc.hook.start = /bin/true'

# Files that LXC reads or writes.
with "lxc.seccomp.profile = $HOME/nosuch"; broken 'seccomp profile missing' config-files
echo nonsense >"$HOME"/profile
with "lxc.seccomp.profile = $HOME/profile"; broken 'seccomp profile without version' config-files
printf '2\nfoolist\n' >"$HOME"/profile
with "lxc.seccomp.profile = $HOME/profile"; broken 'seccomp profile without list' config-files
printf '2\ndenylist\nmknod errno 1\n' >"$HOME"/profile; chown 5000:5000 "$HOME"/profile
healthy_with 'seccomp profile' "lxc.seccomp.profile = $HOME/profile"
chmod 200 "$HOME"/profile
with "lxc.seccomp.profile = $HOME/profile"; broken 'seccomp profile not readable' config-files
with 'lxc.log.file = /root/web.log'; broken 'log not writable' config-files
with 'lxc.console.logfile = /root/web.log'; broken 'console log not writable' config-files
with "lxc.mount.fstab = $HOME/nofstab"; broken 'fstab missing' config-files
healthy_with 'logs' "lxc.log.file = $HOME/logs/web.log" "lxc.console.logfile = $HOME/web.console"

# Limits, kernel settings and namespaces.
with 'lxc.cgroup.memory.limit_in_bytes = 512M'; broken 'limit of cgroup version 1' limits
with 'lxc.cgroup.devices.deny = a'; broken 'devices of cgroup version 1' limits
with 'lxc.cgroup2.memoryy.max = 512M'; doctor --container web
echo "no such controller: $(verdict limits)"; restore
with 'lxc.sysctl.vm.swappiness = 1'; broken 'setting of the host' limits
with 'lxc.sysctl.net.ipv4.nosuch = 1'; broken 'no such setting' limits
with 'lxc.proc.oom_score_adj = -500'; broken 'setting of a process' limits
with 'lxc.monitor.unshare = 1'; broken 'mount namespace of the monitor' limits
with 'lxc.namespace.keep = net'; broken 'network namespace of the host' namespaces
with 'lxc.namespace.keep = user'; broken 'user namespace of the host' namespaces
with 'lxc.namespace.share.net = other'; doctor --container web
echo "namespace of a stopped container: $(verdict namespaces) $(starts)"; restore
healthy_with 'limits' 'lxc.sysctl.net.ipv4.ip_forward = 1' \
	'lxc.sysctl.net.ipv4.conf.eth0.forwarding = 1' 'lxc.prlimit.nofile = 1000:2000' \
	'lxc.namespace.keep = ipc' 'lxc.monitor.unshare = 0'

# NICs and their addresses.
for kind in macvlan ipvlan vlan phys; do
	with "lxc.net.0.type = $kind" 'lxc.net.0.link = lxcbr0'; broken "NIC of type $kind" nic-settings
done
with 'lxc.net.0.type = none'; broken "the host's network" nic-settings
with 'lxc.net.0.type = veth'; broken 'type after the other keys' nic-settings
# reaches: whether the container reaches the host on its bridge.
reaches() {
	start web || { echo fails; return; }
	local answer=unreachable
	for _ in $(seq 100); do
		as_alice lxc-attach -n web -- ping -c 1 -w 1 10.0.3.1 >/dev/null 2>&1 \
			&& { answer=reachable; break; }
		sleep 0.1
	done
	echo "$answer"
	stop_alices web 0 >/dev/null 2>&1
}
# offline NAME CHECK: the container starts without its network, and has it after the fix.
offline() {
	doctor --container web
	local line
	line="$1: $(verdict "$2")"
	message "$2" >>/run/messages
	fixes "$2" user >/run/fix.user
	as_alice bash -e /run/fix.user || echo "$1: the fix fails"
	doctor --container web
	echo "$line -> $(verdict "$2") $(reaches)"
	restore
}
without 'lxc.net.0.type'; offline 'type missing' nic-settings
with 'lxc.net.1.type = veth' 'lxc.net.1.link = lxcbr0' 'lxc.net.1.name = eth0' \
	'lxc.net.0.name = eth0'
broken 'two NICs of one name' nic-settings
with 'lxc.net.0.name = averylongname123456'; fault 'long name' nic-settings --container web; restore
with 'lxc.net.0.hwaddr = 00:16:3e:zz:00:01'; broken 'hardware address' nic-settings
with 'lxc.net.0.hwaddr = 01:16:3e:00:00:01'; broken 'multicast address' nic-settings
with 'lxc.net.0.mtu = 9000'; doctor --container web
echo "setting without effect: $(verdict nic-settings) $(starts)"; restore
fixed() { with "lxc.net.0.ipv4.address = $1" "${@:2}"; sed -i /udhcpc/d "$root"/etc/init.d/rcS; }
cp -a "$root"/etc/init.d/rcS /run/rcS
echo 'LXC_DHCP_RANGE="10.0.3.100,10.0.3.199"' >>/etc/default/lxc-net; berth-net reload >/dev/null
fixed 10.0.3.9/24 'lxc.net.0.flags ='; offline 'address of a NIC that is down' static-addresses
fixed 10.0.3.9/24 'lxc.net.0.flags =' 'lxc.net.0.ipv4.gateway = 10.0.3.1'
broken 'gateway of a NIC that is down' static-addresses
fixed 10.0.3.9; offline 'no prefix length' static-addresses
fixed 10.0.3.9/30; offline 'another prefix length' static-addresses
fixed 10.0.3.9/24 'lxc.net.0.ipv4.gateway = 10.9.9.1'
offline 'gateway outside the network' static-addresses
for address in 10.9.9.9/24 10.0.3.1/24 10.0.3.255/24; do
	fixed "$address"; advised "address $address" static-addresses
done
with 'lxc.net.1.type = veth' 'lxc.net.1.link = lxcbr0' 'lxc.net.1.flags = up' \
	'lxc.net.1.ipv4.address = 10.0.3.9/24' 'lxc.net.0.ipv4.address = 10.0.3.9/24'
fault 'one address twice' static-addresses --container web; restore
as_alice mkdir "$HOME"/.local/share/lxc/twin
fixed 10.0.3.9/24; cp -a "$config" "$HOME"/.local/share/lxc/twin/config
advised 'address of another container' static-addresses
with 'lxc.net.0.hwaddr = 02:00:00:00:00:0A'
sed 's/0A$/0a/' "$config" >"$HOME"/.local/share/lxc/twin/config
doctor --container web; echo "hardware address of another: $(verdict static-addresses)"; restore
rm -r "$HOME"/.local/share/lxc/twin
fixed 10.0.3.150/24; advised 'address that is leased' static-addresses
fixed 10.0.3.9/24 'lxc.net.0.ipv4.gateway = 10.0.3.1'; cp -a "$config" /run/static
doctor --container web; echo "healthy, static address: $(verdict static-addresses) $(reaches)"
restore; cp -a /run/rcS "$root"/etc/init.d/rcS
rm /etc/default/lxc-net; berth-net reload >/dev/null

healthy 'healthy again'
conclude
