#!/bin/sh
# What berth doctor finds on the hosts of cluster.sh: sourced by scenarios after cluster.sh.
# shellcheck disable=SC2016 # the inner shell expands it

doctor() { # doctor HOST [OPTION…]
	cluster_doctor=$1
	shift
	on "$cluster_doctor" "$BERTH" doctor --json "$@" >"/run/doctor.$cluster_doctor"
}
findings() { python3 "$LAB/findings.py" "/run/doctor.$1" "$2" "$3"; }
verdict() { findings "$1" verdict "${2:-tunnel}"; }
# quiet WHAT HOST [OPTION…]: neither check of tunnels finds a fault.
quiet() {
	cluster_what=$1
	cluster_quiet=$2
	shift 2
	doctor "$cluster_quiet" "$@"
	for cluster_check in tunnel duplicate-addresses; do
		cluster_verdict=$(findings "$cluster_quiet" verdict $cluster_check)
		equal "$cluster_what: $cluster_check" "$cluster_verdict" ok
		[ "$cluster_verdict" = ok ] || findings "$cluster_quiet" messages $cluster_check
	done
}
# named VERDICT TEXT WHAT [OPTION…]: host 1 names the fault that was made just before.
named() {
	cluster_wanted=$1
	cluster_text=$2
	cluster_what=$3
	shift 3
	doctor 1 "$@"
	equal "$cluster_what is a $cluster_wanted" "$(verdict 1 "${check:-tunnel}")" "$cluster_wanted"
	expect "$cluster_what is named: $cluster_text" \
		sh -c 'echo "$1" | grep -qF -- "$2"' - "$(findings 1 messages "${check:-tunnel}")" \
		"$cluster_text"
	findings 1 messages "${check:-tunnel}" | grep -v '^ok'
}
# fault TEXT WHAT [OPTION…]: the printed fix, applied verbatim, fixes the fault.
fault() {
	cluster_fault=$2
	named problem "$@"
	findings 1 fixes tunnel >/run/fix
	expect "$cluster_fault: the fix succeeds" on 1 sh -e /run/cluster/fix
	quiet "$cluster_fault, after the fix" 1
	expect "$cluster_fault: containers of the hosts reach each other" \
		at 1 reaches4 web1 "$(lease 2 web2)"
}
# unanswered ADDRESS: pings from host 1 until its kernel knows that nobody has the address.
unanswered() {
	for _ in $(seq 10); do
		on 1 ping -c 1 -W 4 "$1" >/dev/null 2>&1
		on 1 ip neigh show to "$1" | grep -q FAILED && return
	done
}
# sizes DESTINATION HEADERS: host 1 names a smaller MTU of the interface, of the route to another
# host, and, with probes, on the path. HEADERS is the length of the headers of VXLAN.
sizes() {
	cluster_left="leaves $((1400 - $2)) after the headers of VXLAN"
	on 1 ip link set up0 mtu 1400
	fault "$cluster_left, but lxcbr0 has $((1500 - $2))" "a smaller MTU of the interface"
	on 1 ip link set up0 mtu 1500
	on 1 "$BERTH_NET" reload >/dev/null
	on 1 ip route add "$1" dev up0 mtu 1400
	fault "$cluster_left" "a smaller MTU of the route"
	on 1 ip route del "$1" dev up0
	sed -i /BRIDGE_MTU/d /run/h1/etc/default/lxc-net
	on 1 "$BERTH_NET" reload >/dev/null
	ip link set u2 mtu 1400
	quiet "a smaller MTU on the path, not probed" 1
	cluster_start=$(date +%s)
	# A bridge forwards frames that exceed the MTU of a port by the length of a VLAN tag.
	fault "the largest that passes has 1404 bytes, which leaves $((1404 - $2)) after" \
		"a smaller MTU on the path" --probe
	expect "the search for a size ends" [ $(($(date +%s) - cluster_start)) -lt 30 ]
	quiet "a smaller MTU on the path, after the fix, probed" 1 --probe
	ip link set u2 mtu 1500
	sed -i /BRIDGE_MTU/d /run/h1/etc/default/lxc-net
	on 1 "$BERTH_NET" reload >/dev/null
}
