#!/bin/bash
# A benchmark: how long creating a NIC takes with berth-nic, with LXC's helper, and with a C program
# that only sends the netlink message, in turn in the same namespaces. Prints a table of medians and
# ratios. BERTH_NIC is the program to measure; if `make musl` has built another one, it is measured,
# too. RUNS scales the number of runs, in percent.
set -eu
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$here/../.build"
# Not in /tmp: lxc-host.sh mounts another one.
work=$(mktemp -d -p "$(readlink -f "$here/../.build")")
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/as" -static "$here/Bench/as.c"
gcc -O2 -o "$work/one-message" "$here/Bench/one-message.c"

cat >"$work/commands" <<COMMANDS
work=$work runs=${RUNS:-100} musl=$(readlink -f "$here/..")/.build/musl/release/berth-nic
COMMANDS
cat >>"$work/commands" <<'COMMANDS'
set -eu
stock=/usr/libexec/lxc/lxc-user-nic.lxc ours=/usr/libexec/lxc/lxc-user-nic
install "$work/as" /run/host/bin/as
install -m 4755 "$work/one-message" /run/host/bin/one-message
[ ! -e "$musl" ] || install -m 4755 "$musl" /run/host/bin/berth-nic-musl
as="/run/host/bin/as 5000" minimal=/run/host/bin/one-message
mkdir /run/bench
bridge=$(cat /sys/class/net/lxcbr0/ifindex)

# Starts a process of alice in new user and network namespaces, and sets box to its process ID.
new_box() {
	mkfifo -m 666 /run/bench/pipe
	as_alice unshare -Urn sh -c 'echo $$ >/run/bench/pipe; exec sleep 3600' &
	read -r box </run/bench/pipe
	rm /run/bench/pipe
}
new_box; full=$box
new_box; fresh=$box

usernet() { printf '%s\n' "$@" 'alice veth lxcbr0 5000' >/etc/lxc/lxc-usernet; }
usernet
create="create /p n $fresh veth lxcbr0"

# Before each run: removes the NICs of the last one, and restores the ledger.
cat >/run/bench/reset <<RESET
nsenter -t $fresh -n ip -br link show type veth | cut -d@ -f1 | sed 's/^/link delete /' \
	| nsenter -t $fresh -n ip -batch -
cat /run/bench/ledger >/run/lxc/nics
RESET
keep() { cp /run/lxc/nics /run/bench/ledger; }

# compare RUNS COMMAND...: sets times to the median milliseconds of each.
compare() {
	local count=$1
	shift
	hyperfine -N --warmup 5 --runs $((count * runs / 100 + 1)) --prepare 'bash /run/bench/reset' \
		--export-json /run/bench/json "$@" >/dev/null 2>/run/bench/errors || cat /run/bench/errors
	mapfile -t times < <(jq -r '.results[] | .median * 1000' /run/bench/json)
}
net() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }
over() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

printf '| | berth-nic | lxc-user-nic | minimal C | of lxc-user-nic | of minimal C |\n'
printf '|---|---|---|---|---|---|\n'
# row WHAT RUNS [PROGRAM]
row() {
	local what=$1 count=$2 ours=${3:-$ours}
	compare "$count" "$as 1" "$as 1 $ours $create" "$as 1 $stock $create" \
		"$as 1 $minimal $fresh $bridge"
	local b o s c
	b=$(net "${times[1]}" "${times[0]}") o=$b
	s=$(net "${times[2]}" "${times[0]}") c=$(net "${times[3]}" "${times[0]}")
	printf '| %s | %s ms | %s ms | %s ms | %s | %s |\n' "$what" "$o" "$s" "$c" \
		"$(over "$o" "$s")" "$(over "$o" "$c")"
}

$as 1 $ours create /p full "$full" veth lxcbr0 >/dev/null
keep
row '1 NIC on the bridge' 300
[ ! -e "$musl" ] || row '1 NIC on the bridge, with musl' 300 /run/host/bin/berth-nic-musl

compare 30 "$as 64 $ours $create" "$as 64 $stock $create" "$as 64 $minimal $fresh $bridge"
printf '| 64 creates at once | %.0f ms | %.0f ms | %.0f ms | %s | %s |\n' "${times[@]}" \
	"$(over "${times[0]}" "${times[1]}")" "$(over "${times[0]}" "${times[2]}")"

keep
usernet
compare 300 "$as 1" "$as 1 $ours $create"
one=$(net "${times[1]}" "${times[0]}")
mapfile -t others < <(for n in $(seq 5000); do
	echo "user$n veth lxcbr0 2"
	echo "@group$n veth br$n 2"
done | head -n 9999)
usernet "${others[@]}"
compare 300 "$as 1" "$as 1 $ours $create"
many=$(net "${times[1]}" "${times[0]}")
printf '| lxc-usernet of 10,000 lines | %s ms | | | %s of one line | |\n' \
	"$many" "$(over "$many" "$one")"
usernet

for _ in $(seq 999); do $as 1 $ours create /p full "$full" veth lxcbr0 >/dev/null; done
keep
row '1,000 NICs on the bridge' 60

# From exec to exit.
calls() {
	strace -u alice -o /run/bench/trace "$@" >/dev/null
	grep -vc '^+++' /run/bench/trace
}
bash /run/bench/reset
usernet
echo "alice veth lxcbr0 $(awk 'NR == 1 { print $4 }' /run/lxc/nics)" >/run/bench/ledger
bash /run/bench/reset
own=$(calls $ours $create)
bash /run/bench/reset
printf '| system calls of a create, from exec to exit | %s | %s | | | |\n' \
	"$own" "$(calls $stock $create)"
bash /run/bench/reset
[ ! -e "$musl" ] || printf '| system calls of a create, with musl | %s | | | | |\n' \
	"$(calls /run/host/bin/berth-nic-musl $create)"
kill $(jobs -p) 2>/dev/null || true
COMMANDS
"$here"/lxc-host.sh "$work/commands"
