# shellcheck shell=bash
# Faults.swift runs this on a host with LXC, berth-net and alice. It breaks one thing after another.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"

# faulty NAME LINE CORRECTED: an invalid line of lxc-usernet is quoted, and no replacement is
# offered; the corrected line is valid.
faulty() {
	printf '%s\n' '# users' "$2" >/etc/lxc/lxc-usernet
	doctor
	local line
	line="$1: $(verdict quota) $(starts)"
	message quota >>/run/messages
	[ -z "$(fixes quota root)" ] || echo "$1: a command is offered"
	python3 - "$2" <<-'PYTHON'
		import json, sys
		fixes = [m for f in json.load(open("/run/doctor.json"))["users"][0]["findings"]
		    if f["check"] == "quota" for m in f["fixes"]]
		wanted = ("as root, correct line 2 of /etc/lxc/lxc-usernet, and keep the valid parts "
		    f'of that line: "{sys.argv[1]}"')
		if fixes != [{"advice": wanted}]: print(fixes)
	PYTHON
	printf '%s\n' '# users' "$3" >/etc/lxc/lxc-usernet
	doctor
	echo "$line -> $(verdict quota) $(starts)"
}

healthy healthy

# status WORDS...: prints the exit status of the command.
status() { "$@" >/run/said 2>&1; printf '%s ' $?; }
statuses() {
	printf 'statuses: '
	status "$berth" doctor alice; status "$berth" doctor --bogus; status "$berth" doctor nobodyatall
	status as_alice "$berth" doctor bob; status "$berth" doctor --all alice
	status "$berth" doctor --container a/b alice; status "$berth" doctor --log /nowhere
	status "$berth" doctor --help; status "$berth" nonsense
	status env NO_COLOR= "$berth" doctor --all
	echo
	grep -c '^[a-z]' /run/said
}
# --all finds users by their own line, by their group's line, and by the group's number, in both
# files.
cp -a /etc/lxc/lxc-usernet /run/usernet
printf '%s\n' dora:x:5001:5000::/:/bin/sh emil:x:5002:7001::/:/bin/sh carl:x:5003:5003::/:/bin/sh \
	nobodys:x:5004:5004::/:/bin/sh fred:x:5005:5005::/:/bin/sh greg:x:5006:5006::/:/bin/sh \
	>>/etc/passwd
printf '%s\n' crew:x:7000:carl limited:x:7002:greg >>/etc/group
# fred and greg have lines in lxc-usercgroup only.
printf '%s\n' 'fred *' '@limited memory' >/etc/lxc/lxc-usercgroup
printf '%s\n' '@alice veth lxcbr0 1' '@crew veth lxcbr0 1' '@7001 veth lxcbr0 1' \
	>>/etc/lxc/lxc-usernet
"$berth" doctor --all --json >/run/all.json
echo "all: $(sed -n 's/^ *"user" : "\(.*\)".*/\1/p' /run/all.json | paste -s -d ' ')"
sed -i '/^\(dora\|emil\|carl\|nobodys\|fred\|greg\):/d' /etc/passwd
sed -i '/^\(crew\|limited\):/d' /etc/group
rm /etc/lxc/lxc-usercgroup
cp -a /run/usernet /etc/lxc/lxc-usernet

echo 'root:5000000:10' >>/etc/subuid; statuses; sed -i /root/d /etc/subuid

: >/etc/subuid; fault 'no subuid' subordinate-ids -s
sed -i 1d /etc/subgid; fault 'no subgid' subordinate-ids -s
echo 'alice:3000000:65536' >/etc/subuid; fault 'other subuid' id-map -s
echo 'alice:1000000:65536' >/etc/subuid
rm "$HOME"/.config/lxc/default.conf; fault 'no lxc.idmap' id-map
sed -i 's/^lxc.include.*//' "$HOME"/.config/lxc/default.conf
echo 'lxc.include = /nowhere.conf' >>"$HOME"/.config/lxc/default.conf
doctor; echo "include of nothing: $(verdict id-map)"
sed -i 's,/nowhere.conf,/etc/lxc/default.conf,' "$HOME"/.config/lxc/default.conf
chmod 700 "$HOME"; fault 'home not searchable' search-permission -s; setfacl -b "$HOME"
mount --bind /dev/null /usr/bin/setfacl
chmod 700 "$HOME"; fault 'home not searchable, without setfacl' search-permission -s
umount /usr/bin/setfacl
# An access control list grants search permission, too: user::rwx, user:1000000:--x, group::---,
# mask::--x, other::---.
chmod 700 "$HOME"
/usr/bin/python3 -c 'import os, struct, sys
none = 0xffffffff
entries = [(1, 7, none), (2, 1, 1000000), (4, 0, none), (16, 1, none), (32, 0, none)]
os.setxattr(sys.argv[1], "system.posix_acl_access",
    struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))' "$HOME"
doctor; echo "an access list: $(verdict search-permission) $(starts)"
chmod 700 "$HOME"/.local/share/lxc/web
fault 'container not searchable' search-permission -s --container web

# A bind mount of a copy hides a program of another package, so that the fix changes the copy.
mount -t tmpfs tmpfs /mnt; cp -a /usr/bin/newuidmap /usr/bin/newgidmap /mnt
mount --bind /mnt/newuidmap /usr/bin/newuidmap; chmod 755 /usr/bin/newuidmap
fault 'newuidmap not setuid' id-map-programs -s; umount /usr/bin/newuidmap
mount --bind /mnt/newgidmap /usr/bin/newgidmap; chown 1:1 /usr/bin/newgidmap
fault 'newgidmap not of root' id-map-programs -s; umount /usr/bin/newgidmap

chmod 755 /run/host/bin/berth-nic; fault 'helper not setuid' helper -s
chown 1:1 /run/host/bin/berth-nic; fault 'helper not of root' helper -s
rm /usr/libexec/lxc/lxc-user-nic; doctor; echo "no helper: $(verdict helper) $(starts)"
ln -s /run/host/bin/berth-nic /usr/libexec/lxc/lxc-user-nic
mount -o remount,nosuid /run; doctor; echo "helper on nosuid: $(verdict helper) $(starts)"
mount -o remount,suid /run

echo 'bob veth lxcbr0 2' >/etc/lxc/lxc-usernet; fault 'no usernet line' quota -s
rm /etc/lxc/lxc-usernet; fault 'no usernet file' lxc-usernet -s
faulty 'faulty count' 'alice veth lxcbr0 many mtu=1400' 'alice veth lxcbr0 3 mtu=1400'
faulty 'faulty option' 'alice veth lxcbr0 1 isolated macfiltr' \
	'alice veth lxcbr0 1 isolated macfilter'
faulty "group's option" '@alice veth lxcbr0 2 isolatd' '@alice veth lxcbr0 2 isolated'
echo 'bob veth lxcbr0' >>/etc/lxc/lxc-usernet; doctor; echo "bob's line: $(verdict lxc-usernet)"
echo 'alice veth dmz0 many' >/etc/lxc/lxc-usernet; fault 'faulty for another bridge' quota -s
echo "it stays: $(verdict lxc-usernet)"; cat /etc/lxc/lxc-usernet
printf '%s\n' '# users' ' alice	veth lxcbr0  1 mtu=1400 # für web' >/etc/lxc/lxc-usernet
new_container other
as_alice lxc-start -n other; fault 'quota used up' quota -s; cat /etc/lxc/lxc-usernet
stop_alices other 0; doctor; echo "a container stopped: $(verdict quota) $(starts)"
echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
chmod 666 /etc/lxc/lxc-usernet; fault 'usernet not trusted' lxc-usernet -s

berth-net stop >/dev/null; fault 'bridge gone' bridge -s
echo 'USE_LXC_BRIDGE="false"' >>/etc/default/lxc-net; berth-net stop >/dev/null
fault 'bridge switched off' bridge -s
ip link set lxcbr0 down; fault 'bridge down' bridge
ip address flush dev lxcbr0; fault 'bridge without address' bridge
berth-net stop >/dev/null; ip link add lxcbr0 type veth peer name lxcbr1; doctor
echo "no bridge: $(verdict bridge) $(starts)"
ip link del lxcbr0; berth-net start >/dev/null

echo 0 >/proc/sys/net/ipv4/ip_forward; fault 'ip_forward off' forwarding
iptables -P FORWARD DROP; iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER
fault 'drop of docker' firewall; iptables -P FORWARD ACCEPT; iptables -F; iptables -X
nft add table inet strange
nft 'add chain inet strange out { type filter hook forward priority 0; policy drop; }'
doctor; echo "another drop: $(verdict firewall)"; message firewall >>/run/messages
nft delete table inet strange
nft delete table inet berth_lxcbr0; fault 'own rules lost' network-settings
pid=$(cat /run/lxc/dnsmasq.pid)
kill "$pid"
# The sockets of a process may remain for a moment after it has ended.
for _ in $(seq 600); do ss -Hlun 'sport = :53' | grep -q . || break; sleep 0.1; done
fault 'no dnsmasq' dns
berth-net stop >/dev/null
for _ in $(seq 600); do ss -Hlun 'sport = :53' | grep -q . || break; sleep 0.1; done
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 53)); time.sleep(600)' &
holder=$!
for _ in $(seq 600); do ! ss -Hlun 'sport = :53' | grep -q . || break; sleep 0.1; done
berth-net start >/dev/null 2>&1; fault 'port 53 taken' dns
kill $holder; wait $holder; rm -f /etc/default/lxc-net; berth-net reload >/dev/null
echo 'LXC_NETMASK="nonsense"' >>/etc/default/lxc-net; doctor
echo "bad settings: $(verdict network-settings)"
rm -f /etc/default/lxc-net

# The setting of the machine must not change, so this runs in a user namespace, which has its own
# setting. This user namespace owns no network namespace, so the container has no network.
new_container bare
sed -i 's/^lxc.net.0.type.*/lxc.net.0.type = empty/; /^lxc.net.0.[lf]/d' \
	"$HOME/.local/share/lxc/bare/config"
cp -a /etc/subuid /run/subuid; cp -a /etc/subgid /run/subgid
for file in /etc/subuid /etc/subgid; do echo root:0:4294967294 >>$file; done
export home berth container=bare
export -f as as_alice doctor fault fixes message start starts verdict
unshare --user --map-users=0,0,4294967294 --map-groups=0,0,4294967294 bash -c '
	echo 0 >/proc/sys/user/max_user_namespaces
	fault "no user namespaces" user-namespaces -s'
unset container
cp -a /run/subuid /etc/subuid; cp -a /run/subgid /etc/subgid

doctor --container nosuch; echo "no such container: $(verdict id-map)"
healthy 'healthy again'
{ tr -d '\n' </run/all.json; echo; } >>/run/documents
conclude
