#!/bin/bash
# lxc-host.sh COMMANDS: runs the script COMMANDS on a host of its own, made of namespaces and tmpfs, with
# Debian's LXC, a bridge lxcbr0 at 10.0.3.1, berth-nic where lxc-start looks for its helper, and a user
# alice who may have two NICs there. Nothing of it reaches the machine it runs on, and it ends with
# COMMANDS. In COMMANDS, `as_alice` runs a command as her, and `new_container NAME ADDRESS` makes her one.
# BERTH_NIC is the program to try. With BERTH_NET the bridge is left to it: it is in /run/host/bin then,
# and a host outside at 192.0.2.2 knows no way back to any container.
set -eu

if [ "${1:-}" != --inside ]; then
	[ "$(id -u)" = 0 ] || { echo "$0: needs root, to make namespaces and a setuid program" >&2; exit 1; }
	exec unshare --mount --net --ipc --pid --fork --mount-proc --kill-child \
		--propagation private -- "$0" --inside "$@"
fi
commands=$2
helper=${BERTH_NIC:?the berth-nic to try}
home=/run/host/home

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/host/etc /run/host/libexec /run/host/bin $home
# What stands on the machine's own tmpfs is out of sight from here on.
cp "$commands" /run/host/commands
install -m 4755 "$helper" /run/host/bin/berth-nic
[ -z "${BERTH_NET:-}" ] || install -m 755 "$BERTH_NET" /run/host/bin/berth-net
[ -z "${BERTH:-}" ] || install -m 755 "$BERTH" /run/host/bin/berth
cp -a /etc/. /run/host/etc
cp -a /usr/libexec/lxc/. /run/host/libexec
mv /run/host/libexec/lxc-user-nic /run/host/libexec/lxc-user-nic.lxc
ln -s /run/host/bin/berth-nic /run/host/libexec/lxc-user-nic
mount --bind /run/host/etc /etc
mount --bind /run/host/libexec /usr/libexec/lxc
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t sysfs sysfs /sys
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup

printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' >/etc/nsswitch.conf
echo "alice:x:5000:5000::$home/alice:/bin/bash" >>/etc/passwd
echo 'alice:x:5000:' >>/etc/group
echo 'alice:1000000:65536' >/etc/subuid
echo 'alice:1000000:65536' >/etc/subgid
install -d -m 755 /etc/lxc
echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
install -d -m 711 -o 5000 -g 5000 $home/alice

ip link set lo up
if [ -z "${BERTH_NET:-}" ]; then
	ip link add lxcbr0 type bridge
	ip address add 10.0.3.1/24 dev lxcbr0
	ip link set lxcbr0 up
else
	mount -t tmpfs tmpfs /var/lib/misc
	mount -t tmpfs tmpfs /var/lib/lxc
	rm -rf /etc/default/lxc-net /etc/default/lxc /etc/lxc/net.d
	ip netns add outside
	ip link add up0 type veth peer name eth0 netns outside
	ip address add 192.0.2.1/24 dev up0
	ip link set up0 up
	ip route add default via 192.0.2.2
	ip -n outside address add 192.0.2.2/24 dev eth0
	ip -n outside link set eth0 up
fi

as_alice() {
	(cd $home/alice && env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=$home/alice LANG=C.UTF-8 \
		XDG_RUNTIME_DIR=$home/alice setpriv --reuid 5000 --regid 5000 --init-groups -- "$@")
}

# new_container NAME [ADDRESS]: without an address the container asks for one by DHCP.
new_container() {
	local name=$1 address=${2:-} place=$home/alice/.local/share/lxc
	cat >/run/host/"$name".conf <<-CONFIG
		lxc.idmap = u 0 1000000 65536
		lxc.idmap = g 0 1000000 65536
		lxc.apparmor.profile = unconfined
		lxc.net.0.type = veth
		lxc.net.0.link = lxcbr0
		lxc.net.0.flags = up
	CONFIG
	[ -z "$address" ] || cat >>/run/host/"$name".conf <<-CONFIG
		lxc.net.0.ipv4.address = $address/24
		lxc.net.0.ipv4.gateway = 10.0.3.1
	CONFIG
	as_alice lxc-create -n "$name" -f /run/host/"$name".conf -t busybox >/tmp/"$name".create 2>&1 \
		|| { cat /tmp/"$name".create; return 1; }
	# The client of DHCP would take a given address away.
	[ -z "$address" ] || sed -i '/udhcpc/d' "$place/$name/rootfs/etc/init.d/rcS"
}

set +e
# shellcheck disable=SC1091 # it is this script's argument
. /run/host/commands
