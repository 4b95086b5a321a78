#!/bin/bash
# aarch64-guest.sh: process 1 of the machine of aarch64.sh. Checks the programs with Debian's
# lxc-start, as users alice and bob; berth-net, berth-cgroup and berth, if they are installed. The
# last line that it prints counts the results.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin
# busybox replaces programs of packages that are not unpacked.
mkdir -p /usr/local/bin
/bin/busybox --install -s /usr/local/bin
mount -t devtmpfs devtmpfs /dev
exec </dev/null >/dev/console 2>&1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup

passed=0 failed=0
# check WHAT COMMAND…: the command must succeed.
check() {
	local what=$1
	shift
	if "$@" >/run/said 2>&1; then
		passed=$((passed + 1))
		echo "passed: $what"
	else
		failed=$((failed + 1))
		echo "FAILED: $what ($*)"
		sed 's/^/	/' /run/said
	fi
}
# prints TEXT COMMAND…: the command prints the text.
prints() {
	local text=$1
	shift
	"$@" >/run/printed 2>&1
	cat /run/printed
	grep -qF -e "$text" /run/printed
}
no() { ! "$@"; }
eventually() {
	local deadline=$((SECONDS + 60))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.2
	done
}
as() {
	local user=$1
	shift
	(cd "/home/$user" && env -i PATH="$PATH" HOME="/home/$user" LANG=C.UTF-8 \
		setpriv --reuid "$user" --regid "$user" --init-groups -- "$@")
}

printf '%s\n' root:x:0:0::/root:/bin/bash nobody:x:65534:65534::/:/bin/false >/etc/passwd
printf '%s\n' root:x:0: nogroup:x:65534: >/etc/group
id=1000
for user in alice bob; do
	echo "$user:x:$id:$id::/home/$user:/bin/bash" >>/etc/passwd
	echo "$user:x:$id:" >>/etc/group
	echo "$user:$((id * 1000)):65536" | tee -a /etc/subuid >>/etc/subgid
	install -d -m 711 -o $id -g $id /home/$user
	id=$((id + 1))
done
printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf
cat >/etc/lxc/lxc-usernet <<'END'
alice veth lxcbr0 2 isolated macfilter mtu=1400 vlan=7 rate=8mbit/4mbit
bob   veth lxcbr0 1 vlan=7
END
chmod u+s /usr/bin/new[ug]idmap

ip link set lo up
ip link add lxcbr0 type bridge vlan_filtering 1
ip link set lxcbr0 up
bridge vlan add dev lxcbr0 vid 7 self
ip link add link lxcbr0 name lxcbr0.7 type vlan id 7
ip address add 10.0.3.1/24 dev lxcbr0.7
ip link set lxcbr0.7 up

# new_container USER NAME ADDRESS
new_container() {
	local range
	range=$(sed -n "s/^$1:\(.*\):\(.*\)/\1 \2/p" /etc/subuid)
	printf '%s\n' "lxc.idmap = u 0 $range" "lxc.idmap = g 0 $range" \
		'lxc.apparmor.profile = unconfined' 'lxc.net.0.type = veth' 'lxc.net.0.link = lxcbr0' \
		'lxc.net.0.flags = up' "lxc.net.0.ipv4.address = $3/24" >"/run/$2.conf"
	as "$1" lxc-create -n "$2" -f "/run/$2.conf" -t busybox || return
	# A DHCP client would remove the address.
	sed -i /udhcpc/d "/home/$1/.local/share/lxc/$2/rootfs/etc/init.d/rcS"
}
# start USER NAME
start() {
	as "$1" lxc-start -n "$2" -l info -o "/tmp/$1-$2.log" && return
	tail "/tmp/$1-$2.log"
	return 1
}
inside() { as "$1" lxc-attach -n "$2" -- "${@:3}"; }
ports() { ip -o link show master lxcbr0 | wc -l; }
has_ports() { [ "$(ports)" = "$1" ]; }
# port: prints the name of the first port of the bridge.
port() { ip -o link show master lxcbr0 | sed -n '1s/^[0-9]*: \([^@:]*\).*/\1/p'; }

uname -srm
programs=(/usr/libexec/berth/berth-{nic,pam,scope} /usr/bin/berth-run)
services=(/usr/sbin/berth-{net,cgroup} /usr/bin/berth)
[ -x "${services[0]}" ] || services=()
for program in "${programs[@]}" "${services[@]}"; do
	check "$program runs" "$program" --version
done

check 'alice has a container' new_container alice web 10.0.3.2
check 'alice has a second container' new_container alice db 10.0.3.3
check 'alice has a third container' new_container alice more 10.0.3.4
check 'bob has a container' new_container bob web 10.0.3.5

check "berth-nic gives alice's container a NIC" start alice web
check 'the NIC is a port of the bridge' has_ports 1
check 'the NIC is in the ledger' prints "alice veth lxcbr0 $(port)" cat /run/lxc/nics
check 'isolated is set' prints 'isolated on' bridge -d link show dev "$(port)"
check 'macfilter is set' prints 'locked on' bridge -d link show dev "$(port)"
check 'the hardware address of the NIC is derived' prints b2:bf \
	inside alice web cat /sys/class/net/eth0/address
check 'the MTU is set' prints 1400 inside alice web cat /sys/class/net/eth0/mtu
check 'the VLAN is set' prints '7 PVID Egress Untagged' bridge vlan show dev "$(port)"
check 'the rate to the container is set' prints 'rate 8Mbit' tc qdisc show dev "$(port)"
check 'the rate from the container is set' prints 'rate 4Mbit' \
	tc filter show dev "$(port)" ingress
check 'the container reaches the host' inside alice web ping -c 2 -W 5 10.0.3.1

check 'alice gets a second NIC' start alice db
check 'bob gets a NIC' start bob web
check 'isolated ports do not reach each other' no inside alice web ping -c 2 -W 2 10.0.3.3
check 'an isolated port reaches a port that is not isolated' \
	inside alice web ping -c 2 -W 5 10.0.3.5
check 'macfilter drops other hardware addresses' no inside alice web \
	sh -c 'ip link set eth0 address 02:00:00:00:00:01; ping -c 2 -W 2 10.0.3.1'

check 'a third NIC is refused' no start alice more
check 'the refusal names the quota' prints 'quota' cat /tmp/alice-more.log
check 'nothing was created' has_ports 3
as alice lxc-stop -k -n db
check 'the NIC of a stopped container is removed' eventually has_ports 2
check 'the NIC of a stopped container no longer counts' start alice more
check "bob's quota is his own" no as bob /usr/libexec/berth/berth-nic create \
	/home/bob web $$ veth lxcbr0 eth0

cd /sys/fs/cgroup || exit
echo 'alice memory,pids memory.max=64M memory.swap.max=0 pids.max=20' >/etc/lxc/lxc-usercgroup
if [ ${#services[@]} -gt 0 ]; then
	check 'berth-cgroup prepares the hierarchy' berth-cgroup setup
	check 'berth-cgroup sets the limit' prints 67108864 cat berth/u1000/memory.max
	check 'berth-cgroup shows the cgroup' prints alice berth-cgroup status
else
	# As berth-cgroup prepares the hierarchy.
	echo '+memory +pids' >cgroup.subtree_control
	mkdir berth
	echo '+memory +pids' >berth/cgroup.subtree_control
fi
check 'berth-run creates a cgroup' prints 0::/berth/u1000/run- \
	as alice berth-run cat /proc/self/cgroup
check 'the memory limit is set' prints 67108864 cat berth/u1000/memory.max
check 'more memory than the limit is refused' \
	no as alice berth-run dd if=/dev/zero of=/dev/null bs=128M count=1
check 'less memory than the limit is granted' \
	as alice berth-run dd if=/dev/zero of=/dev/null bs=8M count=1
# shellcheck disable=SC2016 # the shell of alice expands it
many='for n in $(seq 30); do sleep 5 & done; wait'
check 'the number of processes is limited' prints 'Resource temporarily unavailable' \
	as alice berth-run sh -c "$many"
check 'without berth-run, the number of processes is not limited' \
	no prints 'Resource temporarily unavailable' \
	as alice sh -c "$many"
check 'bob has no line, and is refused' prints berth-run: as bob berth-run true
as alice lxc-stop -k -n more
check 'the NIC of a stopped container is removed' eventually has_ports 2
check 'a container starts in a cgroup of its user' as alice berth-run lxc-start -n db
check "the container's cgroup is below that of alice" \
	prints /berth/u1000/run- cat "/proc/$(as alice lxc-info -n db -p -H)/cgroup"
as alice lxc-stop -k -n db

check 'berth-pam passes the variables of PAM only' prints 'PAM_USER=alice' \
	env PAM_USER=alice PAM_TYPE=open_session LD_PRELOAD=/tmp/no.so GLIBC_TUNABLES=x=y \
	/usr/libexec/berth/berth-pam /usr/bin/env
check 'berth-pam passes no other variables' no grep -E 'LD_PRELOAD|GLIBC_TUNABLES|PATH' /run/printed

# The static programs do not read the source compat: they execute the programs that ask NSS.
printf '%s\n' 'passwd: compat' 'group: compat' >/etc/nsswitch.conf
check 'berth-run asks NSS' prints 0::/berth/u1000/run- as alice berth-run cat /proc/self/cgroup
mv /usr/bin/berth-run.nss /run/
check 'without berth-run.nss, berth-run fails' no as alice berth-run true
mv /run/berth-run.nss /usr/bin/
check 'the NIC of the stopped container is removed' eventually has_ports 2
check 'berth-nic asks NSS' start alice db

# leased: prints the container's address, once it has one.
leased() { inside alice leased ip -4 -o address show dev eth0 | grep -o '10\.0\.3\.[0-9]*'; }
check_services() {
	as alice lxc-stop -k -n db
	as alice lxc-stop -k -n web
	as bob lxc-stop -k -n web
	check 'the NICs of the stopped containers are removed' eventually has_ports 0
	ip link delete lxcbr0.7
	ip link delete lxcbr0
	printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	check 'berth-net finds what it needs' berth-net check
	check 'no network is up' no berth-net status
	check 'berth-net starts the network' berth-net start
	check 'the network is complete' berth-net status
	check 'nothing is left to change' berth-net plan
	check 'nftables translates addresses' prints masquerade nft list ruleset

	printf '%s\n' 'lxc.idmap = u 0 1000000 65536' 'lxc.idmap = g 0 1000000 65536' \
		'lxc.apparmor.profile = unconfined' 'lxc.net.0.type = veth' \
		'lxc.net.0.link = lxcbr0' 'lxc.net.0.flags = up' >/run/leased.conf
	check 'alice has a container with DHCP' \
		as alice lxc-create -n leased -f /run/leased.conf -t busybox
	check 'it starts' start alice leased
	check 'dnsmasq leases it an address' eventually leased
	check 'it reaches the host' inside alice leased ping -c 2 -W 5 10.0.3.1
	check 'berth shows the lease' prints "$(leased)" berth leases
	check 'berth shows the container' prints leased berth status
	check 'berth shows alice her container' prints leased as alice berth status
	check 'berth prints metrics' prints berth_ berth metrics
	check 'berth doctor finds the NIC of the container' \
		prints "attached to lxcbr0, with $(leased)" berth doctor alice
	check 'berth-net reloads' berth-net reload
	as alice lxc-stop -k -n leased
	check 'its NIC is removed' eventually has_ports 0
	check 'berth-net stops the network' berth-net stop
	check 'the bridge is gone' no ip link show lxcbr0
	check 'berth-cgroup removes the hierarchy' berth-cgroup teardown
}
[ ${#services[@]} = 0 ] || check_services

echo "$passed passed, $failed failed"
sync
busybox poweroff -f
