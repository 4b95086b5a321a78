# shellcheck shell=bash
# Sourced by the scripts that break the path of a running container's packets, after fault-steps.sh.
# The host outside also has the address of a root name server, for which doctor asks the kernel.

inside() { as_alice timeout 5 lxc-attach -n web -- "$@"; }

# The probes, each run in the container. They print one word.
reach() { inside ping -c 1 -W 1 198.41.0.4 >/dev/null 2>&1 && echo reaches || echo 'cut off'; }
lease() {
	inside udhcpc -i eth0 -n -q -t 4 -T 1 >/dev/null 2>&1 && echo leases || echo 'no lease'
}
resolve() {
	inside nslookup localhost 10.0.3.1 >/dev/null 2>&1 && echo resolves || echo silent
}
# gateway: whether the container finds the bridge, whose hardware address it does not know yet.
gateway() {
	# With an entry for the container, this host could send it an ARP request, from which the
	# container would learn the hardware address of the bridge.
	ip neigh flush dev lxcbr0
	nsenter -t "${web:?}" -n ip neigh flush all
	inside ping -c 1 -W 1 10.0.3.1 >/dev/null 2>&1 && echo reaches || echo 'cut off'
}
# has_address: waits until the container has an address.
has_address() {
	for _ in $(seq 200); do
		inside ip -4 addr show dev eth0 2>/dev/null | grep -q 'inet 10.0.3' && return
		sleep 0.1
	done
	echo 'the container has no address'
}

# broken NAME CHECK PROBE [OPTION...]: as `fault`, with a probe instead of lxc-start.
broken() {
	local name=$1 check=$2 probe=$3 line
	shift 3
	doctor "$@"
	line="$name: $(verdict "$check") $($probe)"
	message "$check" >>/run/messages
	fixes "$check" root >/run/fix.root
	fixes "$check" user >/run/fix.user
	bash -e /run/fix.root >/run/fix.log 2>&1 || { echo "$name: the fix fails"; cat /run/fix.log; }
	as_alice bash -e /run/fix.user >/run/fix.log 2>&1 \
		|| { echo "$name: the user's fix fails"; cat /run/fix.log; }
	doctor "$@"
	echo "$line -> $(verdict "$check") $($probe)"
}

# quiet NAME CHECK PROBE: a healthy variant.
quiet() { doctor; echo "$1: $(verdict "$2") $($3)"; }

# start_web: starts the container, and sets the name of its port and its first process.
start_web() {
	as_alice lxc-start -n web
	has_address
	# shellcheck disable=SC2034 # for the scripts that source this file
	nic=$(ip -o link show master lxcbr0 | sed 's/^[0-9]*: \([^@]*\)@.*/\1/')
	# shellcheck disable=SC2034
	web=$(as_alice lxc-info -n web -pH)
}
ip -n outside address add 198.41.0.4/32 dev eth0
