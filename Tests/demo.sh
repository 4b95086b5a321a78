#!/bin/bash
# Demonstrates Berth with Debian's lxc-start, an unprivileged user, a network, and a quota of two
# NICs. Everything runs in namespaces, and the machine stays unchanged. BERTH_NIC and BERTH_NET are
# the programs to demonstrate.
set -eu
here=$(dirname "$(readlink -f "$0")")
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT

cat >"$commands" <<'COMMANDS'
failures=0
say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@" || failures=$((failures + 1)); }

say "The network: a bridge with addresses, NAT, DHCP and DNS"
show /run/host/bin/berth-net start
show /run/host/bin/berth-net status

say "The policy: alice may have two NICs on lxcbr0"
show cat /etc/lxc/lxc-usernet
show ls -lL /usr/libexec/lxc/lxc-user-nic

say "Alice creates an unprivileged container and starts it with the real lxc-start"
new_container web
show as_alice lxc-start -n web
show as_alice lxc-wait -n web -s RUNNING -t 60
# It may have an IPv6 address, which it forms itself, before DHCP has given it one.
for _ in $(seq 600); do
	! as_alice lxc-info -n web -i -H | grep -q '^10\.0\.3\.' || break
	sleep 0.1
done
show as_alice lxc-info -n web -s -i

say "It has an address from DHCP, and reaches a host outside through NAT"
show as_alice lxc-attach -n web -- /bin/ip -o -4 address show dev eth0
show as_alice lxc-attach -n web -- /bin/ping -c 3 -W 2 192.0.2.2

say "The NIC is attached, and counted in the ledger"
show cat /run/lxc/nics
show ip -o link show master lxcbr0

say "A second container, and a third, which is refused"
new_container db
show as_alice lxc-start -n db
show as_alice lxc-wait -n db -s RUNNING -t 60
new_container more
printf '$ as_alice lxc-start -n more -F\n'
if as_alice lxc-start -n more -F 2>/tmp/refused </dev/null; then
	echo 'a third NIC was created, beyond the quota'
	failures=$((failures + 1))
fi
grep -o 'lxc-user-nic failed.*' /tmp/refused || failures=$((failures + 1))

say "When a container stops, its NIC no longer counts towards the quota"
show as_alice lxc-stop -k -n db
show as_alice lxc-start -n more
show as_alice lxc-wait -n more -s RUNNING -t 60
show cat /run/lxc/nics

say "The network changes while containers run"
echo 'LXC_FORWARDS="tcp:8080=10.0.3.100:80"' >/etc/default/lxc-net
printf '$ %s\n' '/run/host/bin/berth-net plan'
/run/host/bin/berth-net plan # status 2: something would change
show /run/host/bin/berth-net reload
show as_alice lxc-attach -n web -- /bin/ping -c 1 -W 2 192.0.2.2

as_alice lxc-stop -k -n more
as_alice lxc-stop -k -n web
# The kernel removes a container's network a moment later.
for _ in $(seq 600); do
	ip -o link show master lxcbr0 | grep -q . || break
	sleep 0.1
done
show /run/host/bin/berth-net stop
if [ "$failures" != 0 ]; then
	printf '\n%s of these steps failed\n' "$failures"
	exit 1
fi
printf '\nAll steps succeeded. Nothing remains on this machine.\n'
COMMANDS

"$here"/lxc-host.sh "$commands"
