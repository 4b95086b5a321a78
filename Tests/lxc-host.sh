#!/bin/bash
# lxc-host.sh COMMANDS: sources the script COMMANDS on a test host made of namespaces and tmpfs,
# with Debian's LXC, a bridge lxcbr0 at 10.0.3.1, berth-nic as lxc-start's helper, and a user alice
# who may have two NICs there. The machine stays unchanged. The host is removed when COMMANDS end.
#
# COMMANDS may use: as_alice COMMAND…; new_container NAME ADDRESS, which creates a container
# of alice; add_user, as and new_container_of for other users.
#
# BERTH_NIC is the program to test. With BERTH_NET, berth-net is in /run/host/bin and creates the
# bridge, and an outside host at 192.0.2.2 has no route to containers. With BERTH_RUN and
# BERTH_CGROUP, these programs are also in /run/host/bin, and the script holds the lock of
# cgroup-tree.sh. Exit status 77 means that no controller is free.
set -eu
here=$(dirname "$(readlink -f "$0")")

if [ "${1:-}" != --inside ]; then
	[ "$(id -u)" = 0 ] \
		|| { echo "$0: only root can create namespaces and setuid programs" >&2; exit 1; }
	exec unshare --mount --net --ipc --pid --fork --mount-proc --kill-child \
		--propagation private -- "$0" --inside "$@"
fi
commands=$2
# shellcheck source=Tests/cgroup-tree.sh
. "$here"/cgroup-tree.sh
helper=${BERTH_NIC:?the berth-nic to try}
home=/run/host/home

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/host/etc /run/host/libexec /run/host/bin $home
# COMMANDS may be on the machine's tmpfs, which is hidden from here on.
cp "$commands" /run/host/commands
install -m 4755 "$helper" /run/host/bin/berth-nic
# The program that the static one executes if only NSS knows its caller.
[ ! -e "$helper.nss" ] || install -m 700 "$helper.nss" /run/host/bin/berth-nic.nss
[ -z "${BERTH_NET:-}" ] || install -m 755 "$BERTH_NET" /run/host/bin/berth-net
[ -z "${BERTH:-}" ] || install -m 755 "$BERTH" /run/host/bin/berth
cp -a /etc/. /run/host/etc
cp -a /usr/libexec/lxc/. /run/host/libexec
mv /run/host/libexec/lxc-user-nic /run/host/libexec/lxc-user-nic.lxc
ln -s /run/host/bin/berth-nic /run/host/libexec/lxc-user-nic
mount --bind /run/host/etc /etc
mount --bind /run/host/libexec /usr/libexec/lxc
# The sources stay visible, wherever they are.
sources=$(readlink -f "$here/..")
mkdir /run/host/sources
mount --bind "$sources" /run/host/sources
mount -t tmpfs -o mode=1777 tmpfs /tmp
if [ ! -d "$sources" ]; then
	mkdir -p "$sources"
	mount --bind /run/host/sources "$sources"
fi
if [ -n "${BERTH_RUN:-}" ]; then
	tree_enter || exit 77
	install -m 4755 "$BERTH_RUN" /run/host/bin/berth-run
	[ ! -e "$BERTH_RUN.nss" ] || install -m 700 "$BERTH_RUN.nss" /run/host/bin/berth-run.nss
	install -m 755 "$BERTH_CGROUP" /run/host/bin/berth-cgroup
else
	tree_mount
fi

printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' >/etc/nsswitch.conf
rm -f /etc/subuid /etc/subgid /etc/lxc/lxc-usercgroup
install -d -m 755 /etc/lxc
echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet

# add_user NAME UID FIRST: adds a user with a home directory, and 65536 subordinate IDs that begin
# with FIRST.
add_user() {
	echo "$1:x:$2:$2::$home/$1:/bin/bash" >>/etc/passwd
	echo "$1:x:$2:" >>/etc/group
	echo "$1:$3:65536" | tee -a /etc/subuid >>/etc/subgid
	install -d -m 711 -o "$2" -g "$2" "$home/$1"
}
add_user alice 5000 1000000

ip link set lo up
if [ -z "${BERTH_NET:-}" ]; then
	ip link add lxcbr0 type bridge
	ip address add 10.0.3.1/24 dev lxcbr0
	ip link set lxcbr0 up
else
	mount -t tmpfs -o mode=755 tmpfs /var/lib/misc
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

# as USER COMMAND...: runs it in the user's home directory, without root's environment.
as() {
	local user=$1
	shift
	(cd "$home/$user" && env -i PATH=/run/host/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME="$home/$user" LANG=C.UTF-8 XDG_RUNTIME_DIR="$home/$user" \
		setpriv --reuid "$user" --regid "$user" --init-groups -- "$@" 8<&-)
}
as_alice() { as alice "$@"; }
# stop_alices NAME LEFT: stops alice's container NAME, and waits until no more than LEFT NICs
# remain. This takes a while, because the kernel removes the network namespaces of the whole machine
# one after another.
stop_alices() {
	as_alice lxc-stop -k -n "$1"
	for _ in $(seq 3000); do
		[ "$(ip -o link show master lxcbr0 | wc -l)" -gt "$2" ] || break
		sleep 0.1
	done
}

# new_container_of USER NAME [ADDRESS]: creates a container. Without ADDRESS it uses DHCP.
new_container_of() {
	local user=$1 name=$2 address=${3:-} place=$home/$1/.local/share/lxc
	local first
	first=$(sed -n "s/^$user:\([0-9]*\):.*/\1/p" /etc/subuid)
	cat >/run/host/"$name".conf <<-CONFIG
		lxc.idmap = u 0 $first 65536
		lxc.idmap = g 0 $first 65536
		lxc.apparmor.profile = unconfined
		lxc.net.0.type = veth
		lxc.net.0.link = lxcbr0
		lxc.net.0.flags = up
	CONFIG
	[ -z "$address" ] || cat >>/run/host/"$name".conf <<-CONFIG
		lxc.net.0.ipv4.address = $address/24
		lxc.net.0.ipv4.gateway = 10.0.3.1
	CONFIG
	as "$user" lxc-create -n "$name" -f /run/host/"$name".conf -t busybox \
		>/tmp/"$name".create 2>&1 \
		|| { cat /tmp/"$name".create; return 1; }
	# A DHCP client would remove a configured address.
	[ -z "$address" ] || sed -i '/udhcpc/d' "$place/$name/rootfs/etc/init.d/rcS"
}
new_container() { new_container_of alice "$@"; }

set +e
# shellcheck disable=SC1091 # it is this script's argument
. /run/host/commands
