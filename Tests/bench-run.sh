#!/bin/bash
# Measures how much longer a command takes in a new cgroup. Prints a table of medians. Needs root.
#
# Without systemd, it measures berth-run, cgexec of cgroup-tools (which uses an existing cgroup, and
# needs root here), and a minimal C program. Each is run repeatedly without a pause, and with a
# pause of a tenth of a second before each run: on an idle machine, the kernel waits for an RCU
# grace period before it moves a process. Needs a free controller of the unified hierarchy.
#
# With systemd, it measures berth-run and systemd-run --user --scope, as the first user who has a
# systemd manager.
#
#	Tests/bench-run.sh BERTH-RUN BERTH-SCOPE
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${BERTH_BENCH:-}" ]; then
	BERTH_BENCH=1 exec unshare -m -- "$0" "$(realpath "$1")" "${2:+$(realpath "$2")}" </dev/null
fi

# Prints what berth-run and systemd-run add to the time of the command, in milliseconds, and the
# ratio.
scopes() {
	local user as
	user=$(stat -c %u /run/user/*/systemd/private 2>/dev/null | head -n 1)
	[ -n "$user" ] || { echo 'no user manager is running: loginctl enable-linger USER'; return; }
	[ -n "$1" ] || { echo 'berth-scope was not built: install libsystemd-dev'; return; }
	mount -t tmpfs -o mode=755 tmpfs /mnt
	install -D -m 4755 "$2" /mnt/bin/berth-run
	[ ! -e "$2.nss" ] || install -m 700 "$2.nss" /mnt/bin/berth-run.nss
	install -D -m 755 "$1" /mnt/libexec/berth/berth-scope
	gcc -O2 -static -o /mnt/as "$here/Bench/as.c"
	as="/mnt/as $user 1"
	export XDG_RUNTIME_DIR=/run/user/$user
	hyperfine -N --warmup 5 --runs 60 --export-json /mnt/json "$as /bin/true" \
		"$as /mnt/bin/berth-run /bin/true" \
		"$as $(command -v systemd-run) --user --scope --quiet --collect -p Delegate=yes /bin/true" \
		>/dev/null 2>/mnt/errors || cat /mnt/errors
	jq -r '[.results[].median * 1000] | [.[1] - .[0], .[2] - .[0], (.[1] - .[0]) / (.[2] - .[0])]
		| map(. * 100 | round / 100 | tostring) | "\(.[0]) ms | \(.[1]) ms | \(.[2])"' /mnt/json
}
if [ -e /run/systemd/system ]; then
	printf '| a command in a new scope takes longer by | berth-run | systemd-run | ratio |\n'
	printf '|---|---|---|---|\n'
	printf '| one after another | %s |\n' "$(scopes "$2" "$1")"
	exit 0
fi
echo 'berth-run with systemd: not measured, because this host does not run systemd'
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/etc /run/bin
mount --bind /run/etc /etc/lxc
# shellcheck source=Tests/cgroup-tree.sh
. "$here/cgroup-tree.sh"
if ! tree_enter; then
	echo 'berth-run: not measured'
	exit 0
fi
cd /sys/fs/cgroup
echo "+$controller" >cgroup.subtree_control
mkdir berth
echo "+$controller" >berth/cgroup.subtree_control

install -m 4755 "$1" /run/bin/berth-run
[ ! -e "$1.nss" ] || install -m 700 "$1.nss" /run/bin/berth-run.nss
for file in passwd group; do
	cp /etc/$file /run/$file
	mount --bind /run/$file /etc/$file
done
echo 'bench:x:5000:5000::/:/bin/sh' >>/etc/passwd
echo 'bench:x:5000:' >>/etc/group
gcc -O2 -static -o /run/bin/as "$here/Bench/as.c"
gcc -O2 -o /run/bin/move "$here/Bench/move.c"
chmod 4755 /run/bin/move
echo "bench $controller" >/run/etc/lxc-usercgroup
node=/sys/fs/cgroup/berth/u5000 as='/run/bin/as 5000 1'
$as /run/bin/berth-run /bin/true
mkdir $node/there
forget() { find $node -mindepth 1 -maxdepth 1 -name 'run-*' -exec rmdir {} \; 2>/dev/null; true; }

# added OPTION...: prints what each of the three adds to a command, in milliseconds.
added() {
	hyperfine -N --warmup 5 --runs 60 "$@" --export-json /run/json \
		"$as /bin/true" "$as /run/bin/berth-run /bin/true" "$as /run/bin/move $node /bin/true" \
		'/bin/true' "cgexec -g $controller:berth/u5000/there /bin/true" >/dev/null 2>/run/errors \
		|| cat /run/errors
	forget
	jq -r '[.results[].median * 1000] | [.[1] - .[0], .[4] - .[3], .[2] - .[0]]
		| map(. * 100 | round / 100 | tostring) | join(" ")' /run/json
}
printf '| a command in a new cgroup takes longer by | berth-run | cgexec | minimal C |\n'
printf '|---|---|---|---|\n'
row() {
	local what=$1 ours theirs least
	shift
	read -r ours theirs least < <(added "$@")
	printf '| %s | %s ms | %s ms | %s ms |\n' "$what" "$ours" "$theirs" "$least"
}
row 'one after another'
row 'after 0.1 s of idle time' --prepare 'sleep 0.1'
