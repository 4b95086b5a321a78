#!/bin/bash
# What berth-nic is for, on real input: Debian's lxc-start, an unprivileged user, a bridge, a quota of two.
# Everything happens in namespaces and leaves the machine as it was. BERTH_NIC is the program to show.
set -eu
here=$(dirname "$(readlink -f "$0")")
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT

cat >"$commands" <<'COMMANDS'
failures=0
say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@" || failures=$((failures + 1)); }

say "Who may have what: alice, two NICs on lxcbr0"
show cat /etc/lxc/lxc-usernet
show ls -lL /usr/libexec/lxc/lxc-user-nic

say "Alice makes an unprivileged container and starts it with the real lxc-start"
new_container web 10.0.3.10
show as_alice lxc-start -n web
show as_alice lxc-wait -n web -s RUNNING -t 10
show as_alice lxc-info -n web -s -i

say "It reaches the bridge"
show as_alice lxc-attach -n web -- /bin/ip -o -4 address show dev eth0
show as_alice lxc-attach -n web -- /bin/ping -c 3 -W 2 10.0.3.1

say "Her NIC is counted, and attached"
show cat /run/lxc/nics
show ip -o link show master lxcbr0

say "A second container, and a third, which is one too many"
new_container db 10.0.3.11
show as_alice lxc-start -n db
show as_alice lxc-wait -n db -s RUNNING -t 10
new_container more 10.0.3.12
printf '$ as_alice lxc-start -n more -F\n'
if as_alice lxc-start -n more -F 2>/tmp/refused </dev/null; then
	echo 'a third NIC was given, against the quota'
	failures=$((failures + 1))
fi
grep -o 'lxc-user-nic failed.*' /tmp/refused || failures=$((failures + 1))

say "When a container goes, its place is free again"
show as_alice lxc-stop -k -n db
show as_alice lxc-start -n more
show as_alice lxc-wait -n more -s RUNNING -t 10
show cat /run/lxc/nics

as_alice lxc-stop -k -n more
as_alice lxc-stop -k -n web
if [ "$failures" != 0 ]; then
	printf '\n%s of these went wrong\n' "$failures"
	exit 1
fi
printf '\nAll of it worked, and nothing of it is left.\n'
COMMANDS

"$here"/lxc-host.sh "$commands"
