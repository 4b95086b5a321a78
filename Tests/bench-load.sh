#!/bin/bash
# Measures how long lxc-start takes with berth-nic and with LXC's helper, in turn in the same
# namespaces. It starts containers one after another, and then AT_ONCE (50) at once. Prints a table
# with the medians of ROUNDS (7) rounds, and their ratios. BERTH_NIC is the program to measure.
set -eu
here=$(dirname "$(readlink -f "$0")")
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT

echo "at_once=${AT_ONCE:-50} rounds=${ROUNDS:-7}" >"$commands"
cat >>"$commands" <<'COMMANDS'
set -eu
helper=/usr/libexec/lxc/lxc-user-nic
ours=$(readlink $helper) stock=$helper.lxc
echo "alice veth lxcbr0 $at_once" >/etc/lxc/lxc-usernet
new_container c1 10.0.3.9
# A container that does more would slow down the next one's start.
echo 'lxc.init.cmd = /bin/busybox sleep 3600' >>$home/alice/.local/share/lxc/c1/config
for n in $(seq 2 "$at_once"); do
	cp -a $home/alice/.local/share/lxc/c1 "$home/alice/.local/share/lxc/c$n"
	sed -i "s/\<c1\>/c$n/; s/10\.0\.3\.9\>/10.0.3.$((9 + n))/" \
		"$home/alice/.local/share/lxc/c$n/config"
done

start() { as_alice lxc-start -n "c$1" || echo "c$1 does not start with $(readlink $helper)" >&2; }
one_after_another() { for n in $(seq 20); do start "$n"; done; }
all_at_once() {
	for n in $(seq "$at_once"); do start "$n" & done
	wait
}
# Removes all of the last round: containers, NICs and rows.
end_all() {
	pkill -KILL -u alice || true
	while [ -n "$(ip -br link show master lxcbr0)" ] || pgrep -u alice >/dev/null; do
		sleep 0.05
	done
	[ ! -e /run/lxc/nics ] || : >/run/lxc/nics
}
# times WAY COUNT: for each round, microseconds per container with berth-nic and with LXC's helper.
times() {
	local began program
	for _ in $(seq "$rounds"); do
		for program in "$ours" "$stock"; do
			ln -sfn "$program" $helper
			began=${EPOCHREALTIME/./}
			"$1"
			printf '%d ' $(((${EPOCHREALTIME/./} - began) / $2))
			end_all
		done
		echo
	done
}
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }
row() {
	local a b
	times "$2" "$3" >/run/times
	a=$(cut -d' ' -f1 /run/times | median) b=$(cut -d' ' -f2 /run/times | median)
	awk -v what="$1" -v a="$a" -v b="$b" \
		'BEGIN { printf "| %s | %.1f ms | %.1f ms | %.2f |\n", what, a / 1000, b / 1000, a / b }'
}
printf '| lxc-start, for each container | with berth-nic | with lxc-user-nic | ratio |\n'
printf '|---|---|---|---|\n'
times one_after_another 20 >/dev/null
row '20 one after another' one_after_another 20
row "$at_once at once" all_at_once "$at_once"
COMMANDS
env -u BERTH_NET -u BERTH_RUN "$here"/lxc-host.sh "$commands"
