#!/bin/bash
# How much longer a command takes in a cgroup of its own: berth-run, cgexec of cgroup-tools (which moves it
# into one that is there already, and needs root here), and a C program that does the least. Each is
# measured in a row, and with a tenth of a second of rest before: on a machine at rest the kernel waits for
# a grace period (RCU) before it moves a process. Prints a table of medians. Needs root, and a controller
# that the unified tree has to give.
#
#	Tests/bench-run.sh BERTH-RUN
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${BERTH_BENCH:-}" ]; then
	BERTH_BENCH=1 exec unshare -m -- "$0" "$(realpath "$1")" </dev/null
fi
if [ -e /run/systemd/system ]; then
	echo 'berth-run: not measured, for systemd runs this host and makes its cgroups'
	exit 0
fi
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
gcc -O2 -static -o /run/bin/as "$here/Bench/as.c"
gcc -O2 -o /run/bin/move "$here/Bench/move.c"
chmod 4755 /run/bin/move
echo "5000 $controller" >/run/etc/lxc-usercgroup
node=/sys/fs/cgroup/berth/u5000 as='/run/bin/as 5000 1'
$as /run/bin/berth-run /bin/true
mkdir $node/there
forget() { find $node -mindepth 1 -maxdepth 1 -name 'run-*' -exec rmdir {} \; 2>/dev/null; true; }

# added OPTION...: what each of the three adds to a command, in milliseconds.
added() {
	hyperfine -N --warmup 5 --runs 60 "$@" --export-json /run/json \
		"$as /bin/true" "$as /run/bin/berth-run /bin/true" "$as /run/bin/move $node /bin/true" \
		'/bin/true' "cgexec -g $controller:berth/u5000/there /bin/true" >/dev/null 2>/run/errors \
		|| cat /run/errors
	forget
	jq -r '[.results[].median * 1000] | [.[1] - .[0], .[4] - .[3], .[2] - .[0]]
		| map(. * 100 | round / 100 | tostring) | join(" ")' /run/json
}
printf '| a command in a cgroup of its own takes longer by | berth-run | cgexec | minimal C |\n|---|---|---|---|\n'
row() {
	local what=$1 ours theirs least
	shift
	read -r ours theirs least < <(added "$@")
	printf '| %s | %s ms | %s ms | %s ms |\n' "$what" "$ours" "$theirs" "$least"
}
row 'one after another'
row 'after 0.1 s of rest' --prepare 'sleep 0.1'
