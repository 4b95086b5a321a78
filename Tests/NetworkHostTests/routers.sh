#!/bin/sh
# FRR and BIRD on the hosts of cluster.sh, with the examples of berth-cluster(7): sourced by
# scenarios after cluster.sh.
# shellcheck disable=SC2016 # the inner shells expand it

# example NAME: prints the lines of the manual page that follow the comment with the name.
example() {
	sed -n "/^\.\\\\\" Tested example: $1\$/,/^\.Ed\$/ { /^\./d; p; }" \
		"$LAB/../../man/berth-cluster.7" >"/run/example.$1"
	[ -s "/run/example.$1" ] || {
		echo "FAILED: berth-cluster(7) has no example $1" >&2
		return 1
	}
	cat "/run/example.$1"
}

has_frr() { [ -x /usr/lib/frr/bgpd ] || skip "FRR is not installed: install the package frr"; }

# frr HOST: starts FRR with the settings on standard input.
frr() {
	mkdir -p "/run/h$1/etc/frr" "/run/h$1/run/frr"
	cat >"/run/h$1/etc/frr/frr.conf"
	: >"/run/h$1/etc/frr/vtysh.conf"
	chown -R frr:frr "/run/h$1/etc/frr" "/run/h$1/run/frr"
	zebra "$1"
	bgpd "$1"
}
zebra() {
	on "$1" /usr/lib/frr/zebra -d -f /etc/frr/frr.conf -i /run/frr/zebra.pid -A 127.0.0.1 \
		-s 90000000 >/dev/null 2>&1
}
bgpd() {
	on "$1" /usr/lib/frr/bgpd -d -f /etc/frr/frr.conf -i /run/frr/bgpd.pid -A 127.0.0.1 \
		>/dev/null 2>&1
}
end_bgpd() { on "$1" sh -c 'kill -9 $(cat /run/frr/bgpd.pid)'; }
end_frr() { on "$1" sh -c 'kill $(cat /run/frr/bgpd.pid /run/frr/zebra.pid)'; }
vtysh() { # vtysh HOST COMMAND…
	vtysh_host=$1
	shift
	for vtysh_line; do
		set -- "$@" -c "$vtysh_line"
		shift
	done
	on "$vtysh_host" /usr/bin/vtysh "$@"
}
# Each peer of a host, and whether its session is established.
sessions() { vtysh "$1" 'show bgp l2vpn evpn summary json' | grep -c '"state":"Established"'; }
# sessions_become HOST NUMBER
sessions_become() {
	for _ in $(seq 200); do
		[ "$(sessions "$1")" != "$2" ] || return 0
		sleep 0.1
	done
	return 1
}

# bird HOST: starts BIRD with the settings on standard input.
bird() {
	cat >"/run/h$1/etc/bird.conf"
	on "$1" /usr/sbin/bird -c /etc/bird.conf -s /run/bird.ctl -P /run/bird.pid
}
end_bird() {
	on "$1" sh -c 'kill $(cat /run/bird.pid); while pidof -q bird; do sleep 0.1; done'
}
