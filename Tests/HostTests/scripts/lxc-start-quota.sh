# shellcheck shell=bash
# For lxc-host.sh: starts three containers of alice, who may have two NICs.
HOME=${home:?}/alice

# starts NAME
starts() { as_alice lxc-start -n "$1" && as_alice lxc-wait -n "$1" -s RUNNING -t 300; }

new_container web 10.0.3.10
new_container db 10.0.3.11
new_container more 10.0.3.12
starts web && echo web runs
as_alice lxc-info -n web -i -H
as_alice lxc-attach -n web -- /bin/ip -o -4 address show dev eth0 | grep -o 10.0.3.10/24
for _ in $(seq 60); do
	as_alice lxc-attach -n web -- /bin/ping -c 1 -W 1 10.0.3.1 >/dev/null || continue
	echo web reaches the bridge
	break
done
ip -o link show master lxcbr0 | grep -o 'veth5000_[^@]*' >/tmp/ports
awk '{ print $1, $2, $3 }' /run/lxc/nics
[ "$(awk '{ print $4 }' /run/lxc/nics)" != "$(cat /tmp/ports)" ] || echo the row names the port
starts db && echo db runs
as_alice lxc-start -n more -l info -o ~/log || echo more is refused
grep -o 'berth-nic: .*' ~/log
stop_alices db 1
starts more && echo more runs now
wc -l </run/lxc/nics
for name in web more; do as_alice lxc-stop -k -n $name; done
