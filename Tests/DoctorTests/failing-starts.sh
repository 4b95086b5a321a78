# shellcheck shell=bash
# FailingStarts.swift runs this on a host with LXC, alice and a bridge. Each container fails to
# start for a reason of its own; berth doctor explains the log of lxc-start. Prints for each log its
# name and the IDs of the messages that doctor reports.
#
# If lxc names the directory of another build of LXC, that build is used. If record names a
# directory, the logs are copied there, without lines below the level WARN, except for those that
# match a known message.

berth=/run/host/bin/berth
export HOME=${home:?}/alice
containers=$HOME/.local/share/lxc
cd /

mkdir /run/logs
chmod 777 /run/logs
echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
new_container web
if [ -n "${lxc:-}" ]; then
	for program in "$lxc"/usr/bin/lxc-*; do
		printf '%s\n' '#!/bin/sh' "export LD_LIBRARY_PATH=$(echo "$lxc"/usr/lib/*)" \
			"exec $program \"\$@\"" >/run/host/bin/"${program##*/}"
		chmod 755 /run/host/bin/"${program##*/}"
	done
	PATH=/run/host/bin:$PATH
	# LXC may have been built without AppArmor.
	sed -i /apparmor/d "$containers"/web/config
	install -m 4755 "$lxc"/usr/libexec/lxc/lxc-user-nic /run/host/libexec/lxc-user-nic.lxc
fi
lxc-start --version
cp -a "$containers"/web/config /run/web.config

# explain NAME: prints the IDs of the problems that doctor reports in the log.
explain() {
	[ -s /run/logs/"$1".log ] || { echo "$1: no log"; cat /run/said; return; }
	"$berth" doctor --log /run/logs/"$1".log --json >/run/explained.json
	python3 - "$1" <<-'PYTHON'
		import json, sys
		messages = json.load(open("/run/explained.json"))["log"]["messages"]
		ids = [m["id"] for m in messages if m["verdict"] in ("problem", "unknown")]
		print(sys.argv[1], *ids)
	PYTHON
	[ -z "${record:-}" ] || sed -E '/skipping unified/b; / (INFO|NOTICE|DEBUG|TRACE) /d' \
		/run/logs/"$1".log >"$record/$1".log
}

# start NAME [CONTAINER]: starts alice's container web, which must fail.
start() {
	local started=
	as_alice lxc-start -n "${2:-web}" -l info -o /run/logs/"$1".log >/run/said 2>&1 && started=yes
	if [ -n "$started" ]; then
		as_alice lxc-stop -k -n "${2:-web}"
		echo "$1: it starts"
	fi
	explain "$1"
}

# lines NAME LINE...: adds these lines to the configuration, and starts the container.
lines() {
	local name=$1
	shift
	printf '%s\n' "$@" >>"$containers"/web/config
	start "$name"
	cp -a /run/web.config "$containers"/web/config
}

# edited NAME EXPRESSION: edits the configuration with sed, and starts the container.
edited() {
	sed -i "$2" "$containers"/web/config
	start "$1"
	cp -a /run/web.config "$containers"/web/config
}

# said NAME COMMAND...: explains what a command prints when alice runs it.
said() {
	local name=$1
	shift
	as_alice "$@" >/run/logs/"$name".log 2>&1
	explain "$name"
}

# ID maps and the path to the files.
cp -a /etc/subuid /run/subuid; cp -a /etc/subgid /run/subgid
: >/etc/subuid; start no-subuid; cp -a /run/subuid /etc/subuid
: >/etc/subgid; start no-subgid; cp -a /run/subgid /etc/subgid
lines idmap-extra 'lxc.idmap = u 65536 1 1'
lines idmap-overlap 'lxc.idmap = u 100 1000100 10'
edited no-idmap '/lxc.idmap/d'
edited no-root-map 's/lxc.idmap = \(.\) 0 \(.*\) 65536/lxc.idmap = \1 1 \2 65536/'
chmod 700 "$HOME"; start home-closed; chmod 711 "$HOME"
mount -t tmpfs tmpfs /mnt
cp -a /usr/bin/newuidmap /usr/bin/newgidmap /mnt
for program in newuidmap newgidmap; do
	mount --bind /mnt/$program /usr/bin/$program
	chmod 755 /usr/bin/$program; start $program-mode
	chmod 644 /usr/bin/$program; start $program-absent
	umount /usr/bin/$program
done
echo root:0:4294967294 | tee -a /etc/subuid >>/etc/subgid
export home berth containers
[ -z "${record:-}" ] || export record
export -f as as_alice start explain
unshare --user --map-users=0,0,4294967294 --map-groups=0,0,4294967294 bash -c '
	echo 0 >/proc/sys/user/max_user_namespaces
	start userns-limit'
cp -a /run/subuid /etc/subuid; cp -a /run/subgid /etc/subgid

# NICs of users, with berth-nic.
nic=/run/host/bin/berth-nic usernet=/etc/lxc/lxc-usernet
: >$usernet; start nic-no-line
echo 'alice veth lxcbr0 many' >$usernet; start nic-faulty-line
echo 'alice veth lxcbr0 0' >$usernet; start nic-quota
rm $usernet; start nic-no-file
echo 'alice veth lxcbr0 10' >$usernet
chmod 666 $usernet; start nic-trust; chmod 644 $usernet
edited nic-no-bridge 's/lxcbr0/nosuch0/'
echo 'alice veth lo 10' >>$usernet; edited nic-not-bridge 's/= lxcbr0/= lo/'
lines nic-same-name 'lxc.net.1.type = veth' 'lxc.net.1.link = lxcbr0' 'lxc.net.1.name = eth0'
chmod 755 $nic; start nic-not-setuid; chmod 4755 $nic
chmod 644 $nic; start nic-not-executable; chmod 4755 $nic
rm /usr/libexec/lxc/lxc-user-nic; start nic-absent; ln -s $nic /usr/libexec/lxc/lxc-user-nic
echo 'alice veth lxcbr0 10 vlan=5' >$usernet; start nic-option
echo 'alice veth lxcbr0 10' >$usernet
unshare --net bash -c 'start nic-host-namespace'
for type in macvlan phys vlan ipvlan; do
	lines nic-$type 'lxc.net.1.type = '$type 'lxc.net.1.link = lxcbr0' \
		"$([ $type != vlan ] || echo lxc.net.1.vlan.id = 5)"
done

# NICs of users, with LXC's own helper.
ln -sf lxc-user-nic.lxc /run/host/libexec/lxc-user-nic
chmod 4755 /run/host/libexec/lxc-user-nic.lxc
: >$usernet; start stock-no-line
rm $usernet; start stock-no-file
echo 'alice veth nosuch0 10' >$usernet; edited stock-no-bridge 's/lxcbr0/nosuch0/'
echo 'alice veth lo 10' >$usernet; edited stock-not-bridge 's/= lxcbr0/= lo/'
echo 'alice veth lxcbr0 10' >$usernet
chmod 755 /run/host/libexec/lxc-user-nic.lxc; start stock-not-setuid
ln -sf $nic /run/host/libexec/lxc-user-nic

# The root file system.
lines rootfs-absent 'lxc.rootfs.path = dir:/nowhere/rootfs'
mkdir -p /run/closed/rootfs; chmod 700 /run/closed
lines rootfs-closed 'lxc.rootfs.path = dir:/run/closed/rootfs'
lines rootfs-file 'lxc.rootfs.path = dir:/etc/passwd'
lines rootfs-foreign "lxc.rootfs.path = dir:/run/host"
lines rootfs-type 'lxc.rootfs.path = nosuch:/nowhere'
lines rootfs-loop "lxc.rootfs.path = loop:$containers/web/config"
lines overlay-absent 'lxc.rootfs.path = overlay:/nowhere/a:/nowhere/b'
lines rootfs-target 'lxc.rootfs.mount = /nowhere/mount'

# Mounts.
lines mount-block 'lxc.mount.entry = /dev/sda1 mnt ext4 rw 0 0'
lines mount-source 'lxc.mount.entry = /nowhere mnt none bind 0 0'
lines mount-target 'lxc.mount.entry = /tmp nowhere none bind 0 0'
lines mount-kind 'lxc.mount.entry = /etc/passwd mnt none bind 0 0'
lines mount-type 'lxc.mount.entry = none mnt nosuchfs rw 0 0'
lines mount-option 'lxc.mount.entry = none mnt tmpfs nosuch=1 0 0'
lines mount-fields 'lxc.mount.entry = nonsense'
lines mount-auto 'lxc.mount.auto = nonsense'
lines mount-fstab 'lxc.mount.fstab = /nowhere/fstab'
edited mount-sysfs 's/^lxc.net.0.type.*/lxc.net.0.type = none/; /^lxc.net.0.[lf]/d'

# Hooks, and the container's init.
lines hook-absent 'lxc.hook.pre-start = /nowhere/hook'
lines hook-fails 'lxc.hook.pre-start = /bin/false'
lines hook-mount 'lxc.hook.mount = /nowhere/hook'
lines hook-start 'lxc.hook.start = /nowhere/hook'
lines init-absent 'lxc.init.cmd = /nowhere/init'
lines init-denied 'lxc.init.cmd = /etc/passwd'
lines init-cwd 'lxc.init.cwd = /nowhere'

# Devices, settings and limits.
lines autodev 'lxc.autodev = 0'
lines sysctl-absent 'lxc.sysctl.net.ipv4.nosuch = 1'
lines sysctl-denied 'lxc.sysctl.kernel.panic = 1'
lines sysctl-value 'lxc.sysctl.net.ipv4.ip_forward = nonsense'
lines prlimit 'lxc.prlimit.nofile = 99999999:99999999'
lines prlimit-name 'lxc.prlimit.nosuch = 1'
lines prlimit-value 'lxc.prlimit.core = 10:5'
lines proc-denied 'lxc.proc.oom_score_adj = -500'
lines proc-absent 'lxc.proc.nosuch = 1'
lines arch 'lxc.arch = nonsense'
lines hostname "lxc.uts.name = $(printf 'a%.0s' {1..70})"
lines seccomp-absent 'lxc.seccomp.profile = /nowhere/policy'
echo nonsense >/run/policy
lines seccomp-policy 'lxc.seccomp.profile = /run/policy'

# The configuration.
lines key-unknown 'lxc.nonsense = 1'
lines key-old 'lxc.network.type = veth'
lines key-net 'lxc.net.0.nonsense = 1'
lines capability 'lxc.cap.drop = nonsense'
lines capabilities 'lxc.cap.drop = sys_module' 'lxc.cap.keep = sys_admin'
lines address 'lxc.net.0.ipv4.address = 10.0.3.999/24'
lines address-6 'lxc.net.0.ipv6.address = nonsense'
lines net-type 'lxc.net.1.type = nonsense'
lines net-value 'lxc.net = 1'
lines idmap-syntax 'lxc.idmap = nonsense'
lines namespaces 'lxc.namespace.clone = net' 'lxc.namespace.keep = ipc'
lines veth-key 'lxc.net.1.type = empty' 'lxc.net.1.ipv4.route = 10.9.9.0/24'
lines cgroup-dir 'lxc.cgroup.dir = /absolute'
lines include-absent 'lxc.include = /nowhere.conf'
lines namespace-share 'lxc.namespace.share.net = nosuch'
chown root:root "$containers"/web/config; chmod 600 "$containers"/web/config
start config-closed; cp -a /run/web.config "$containers"/web/config

lines namespace-name 'lxc.namespace.clone = net mount'
lines groups 'lxc.init.groups = nonsense'
lines hook-version 'lxc.hook.version = 7'
ln -s loop /run/loop
lines include-loop 'lxc.include = /run/loop'

# Further values, and files that cannot be used.
lines hwaddr-form 'lxc.net.0.hwaddr = zz'
lines gateway-alone 'lxc.net.0.ipv4.gateway = 10.0.3.1'
lines mount-closed 'lxc.mount.entry = /run/closed/rootfs mnt none bind 0 0'
lines mount-idmap 'lxc.mount.entry = /run/logs mnt none bind,idmap=container 0 0'
chmod 600 /run/policy
lines seccomp-closed 'lxc.seccomp.profile = /run/policy'
lines overlay-layers "lxc.rootfs.path = overlay:$containers/web/rootfs:$containers/web/rootfs"
mount -t tmpfs -o size=4k,nr_inodes=4,uid=1000000,gid=1000000 tmpfs /mnt
mkdir /mnt/a /mnt/b
lines rootfs-full 'lxc.rootfs.path = dir:/mnt'
mount -o remount,ro /mnt
lines rootfs-read-only 'lxc.rootfs.path = dir:/mnt'
umount /mnt

# How LXC's programs are run.
start no-container nosuch
as_alice prlimit --nofile=12 lxc-start -n web -l info -o /run/logs/open-files.log >/run/said 2>&1
explain open-files
touch "$containers"/web/partial
start creating
rm -f "$containers"/web/partial
said log-closed lxc-start -n web -l info -o /nowhere/x.log
said create-idmap lxc-create -n x -t busybox
printf '%s\n' 'lxc.include = /etc/lxc/default.conf' 'lxc.idmap = u 0 1000000 65536' \
	'lxc.idmap = g 0 1000000 65536' >/run/defaults
said create-template lxc-create -n y -f /run/defaults -t nosuch
said storage-program lxc-create -n z -f /run/defaults -B zfs -t busybox
: >/etc/subuid
said create-subuid lxc-create -n v -f /run/defaults -t busybox
cp -a /run/subuid /etc/subuid
as_alice lxc-start -n web
said running lxc-start -n web
said attach-absent lxc-attach -n web -- /absent
as_alice lxc-stop -k -n web

# Root's containers, which need no helper. Root's lxc-start leaves cgroups behind when it fails, so
# it gets a cgroup of its own for them.
own=$(sed -n 's/^0:://p' /proc/self/cgroup)
ours=/sys/fs/cgroup$own/failing-starts-$(date +%s%N)
mkdir "$ours" && echo $$ >"$ours"/cgroup.procs
leave() {
	echo $$ >/sys/fs/cgroup"$own"/cgroup.procs
	for _ in $(seq 50); do
		find "$ours" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$ours" ] || return 0
		sleep 0.1
	done
	echo "$ours remains"
}
trap leave EXIT
mkdir -p /var/lib/lxc/web
# root NAME LINE...: starts root's container with these lines.
root() {
	local name=$1
	shift
	{
		grep apparmor /run/web.config
		printf '%s\n' "lxc.rootfs.path = dir:$containers/web/rootfs" "$@"
	} >/var/lib/lxc/web/config
	if lxc-start -n web -l info -o /run/logs/"$name".log >/run/said 2>&1; then
		lxc-stop -k -n web
		echo "$name: it starts"
	fi
	explain "$name"
}
veth=(lxc.net.0.type=veth lxc.net.0.link=lxcbr0)
root root-no-bridge lxc.net.0.type=veth lxc.net.0.link=nosuch0
ip link add port0 type veth peer name port1
root root-not-bridge lxc.net.0.type=veth lxc.net.0.link=port0
root root-veth-exists "${veth[@]}" lxc.net.0.veth.pair=lxcbr0
root root-macvlan lxc.net.0.type=macvlan lxc.net.0.link=nosuch0
root root-macvlan-unset lxc.net.0.type=macvlan
root root-phys lxc.net.0.type=phys lxc.net.0.link=nosuch0
root root-mtu "${veth[@]}" lxc.net.0.mtu=9
root root-hwaddr "${veth[@]}" lxc.net.0.hwaddr=ff:ff:ff:ff:ff:ff
root root-gateway-alone "${veth[@]}" lxc.net.0.ipv4.gateway=10.0.3.1
root root-same-name "${veth[@]}" lxc.net.0.name=eth0 lxc.net.1.type=veth lxc.net.1.link=lxcbr0 \
	lxc.net.1.name=eth0
root root-rootfs lxc.net.0.type=empty lxc.rootfs.path=dir:/nowhere
ip link add bare0 type bridge
root root-gateway-auto lxc.net.0.type=veth lxc.net.0.link=bare0 lxc.net.0.flags=up \
	lxc.net.0.ipv4.address=10.0.3.5/24 lxc.net.0.ipv4.gateway=auto
root root-vlan lxc.net.0.type=vlan lxc.net.0.vlan.id=5 lxc.net.0.link=nosuch0
root root-ipvlan lxc.net.0.type=ipvlan lxc.net.0.link=nosuch0
ip link set port1 master lxcbr0
root root-link-busy lxc.net.0.type=macvlan lxc.net.0.link=port1
root root-limit-absent lxc.net.0.type=empty lxc.cgroup2.nosuch.max=1
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
root root-proc-read-only "${veth[@]}"
umount /proc/sys
