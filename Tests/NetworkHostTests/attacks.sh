#!/bin/sh
# Attacks of one container on another: sourced by scenarios. attacks.py has the frames.

# dnsmasq chooses leases at random. The addresses that the attacks need without a lease, and those
# of reservations, are not in this range.
# shellcheck disable=SC2034 # for scenarios
narrow_range=LXC_DHCP_RANGE=10.0.3.20,10.0.3.239
free_last() { # free_last COUNT: the last byte of the first of COUNT addresses without a lease
	python3 - "$1" /var/lib/misc/dnsmasq.lxcbr0.leases <<-'END'
		import sys
		count = int(sys.argv[1])
		with open(sys.argv[2], encoding="utf-8") as file:
		    leased = {words[2] for words in map(str.split, file) if len(words) > 2}
		print(next(first for first in range(50, 200) if not leased.intersection(
		    f"10.0.3.{last}" for last in range(first, first + count))))
	END
}

has_ipv6() { # has_ipv6 CONTAINER: waits for a global IPv6 address, by the prefix of dnsmasq
	for _ in $(seq 200); do
		! ip -n "$1" -6 addr show dev eth0 scope global -tentative | grep -q inet6 || return 0
		sleep 0.1
	done
	return 1
}
party() { # party DEVICE [OPTION…]: its addresses in JSON, by ip(8) with these options
	lab_device=$1
	shift
	ip "$@" -j addr show dev "$lab_device" | python3 -c '
import json, sys
link, = (entry for entry in json.load(sys.stdin) if entry)
found = {"mac": link["address"]}
for address in link["addr_info"]:
    kind = {"inet": "ip4", "inet6": "link" if address["scope"] == "link" else "ip6"}
    found[kind[address["family"]]] = address["local"]
print(json.dumps(found))'
}
watch_frames() { # watch_frames FILE DEVICE [COMMAND…]: COMMAND runs what follows it in a namespace
	lab_file=$1 lab_device=$2
	shift 2
	: >"$lab_file"
	"$@" python3 "$LAB/attacks.py" watch "$lab_device" "$lab_file" &
	lab_watchers="$lab_watchers $!"
}
# attack DIRECTORY KIND CONTAINER VICTIM OBSERVER…: sends all frames of a kind, and writes what was
# sent, and what the gateway, the outside host and the containers that observe have received.
attack() {
	lab_results=$1 lab_kind=$2 lab_attacker=$3
	mkdir -p "$lab_results" /run/parties
	! ip netns pids "$4" 2>/dev/null | grep -q . || party eth0 -n "$4" >"/run/parties/$4"
	cat >"$lab_results/facts" <<-END
		{"me": $(party eth0 -n "$3"), "victim": $(cat "/run/parties/$4"),
		"gateway": $(party lxcbr0), "host": $(party up0),
		"outside": "192.0.2.2", "future": "fd42::b0be:77ff:fe77:7777"}
	END
	shift 4
	rm -f "$lab_results"/seen.*
	lab_watchers=
	watch_frames "$lab_results/seen.host" lxcbr0
	watch_frames "$lab_results/seen.outside" eth0 ip netns exec outside
	for lab_observer; do
		watch_frames "$lab_results/seen.$lab_observer" eth0 ip netns exec "$lab_observer"
	done
	for lab_file in "$lab_results"/seen.*; do
		until grep -q ready "$lab_file"; do sleep 0.05; done
	done
	ip netns exec "$lab_attacker" python3 "$LAB/attacks.py" send "$lab_kind" \
		"$lab_results/facts" "$lab_results/sent"
	sleep 0.5
	# shellcheck disable=SC2086 # several numbers
	kill $lab_watchers
}
held() { # held KIND CONTAINER VICTIM: every frame is treated as intended
	attack /run/attack "$@" "$3"
	python3 "$LAB/attacks.py" judge /run/attack && return 0
	return 1
}
lost() { # lost KIND CONTAINER VICTIM CASE: the attack succeeds, so the test is able to see it
	attack /run/attack "$1" "$2" "$3" "$3"
	python3 "$LAB/attacks.py" judge /run/attack >/run/verdict
	grep -qF "$4: reached" /run/verdict
}
# The leases in the filter.
leases() { nft list set bridge berth lease | grep -o 'b2:be[0-9a-f:]* \. [0-9.]*'; }
soon() { # soon COMMAND…: retries the command for up to ten seconds
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
# first_packet NAME [OPTION…]: whether the first packet after the lease passes. The options are
# those of udhcpc.
first_packet() {
	cat >/run/first.sh <<-'END'
		#!/bin/sh
		[ "$1" = bound ] || exit 0
		ip addr add "$ip/$mask" dev "$interface"
		ping -c 1 -W 1 10.0.3.1 >/run/first && echo "$ip" >/run/first.ok
	END
	chmod +x /run/first.sh
	rm -f /run/first.ok
	lab_client=$1
	shift
	ip netns exec "$lab_client" busybox udhcpc -i eth0 -n -q -t 60 -T 1 -s /run/first.sh "$@" \
		>/dev/null 2>&1
	[ -s /run/first.ok ]
}
