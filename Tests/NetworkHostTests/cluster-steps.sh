#!/bin/sh
# What a cluster of three hosts must do, whether the hosts find each other by a list or by EVPN:
# sourced by scenarios after cluster.sh. The container web1 of alice is on host 1, and so on.
# shellcheck disable=SC2016,SC2317 # the inner shells expand it; expect calls the functions

cluster_containers() { # creates web1, web2 and web3
	for n in 1 2 3; do
		container $n "web$n" alice
		leased $n "web$n"
	done
}

# reached HOST NAME ADDRESS, and its opposite, which needs a positive control beside it.
reached() { at "$1" reaches4 "$2" "$3"; }
unreached() { ! on "$1" ip netns exec "$2" ping -c 3 -i 0.2 -w 2 "$3"; }

cluster_connects() {
	expect "a container reaches a container on another host" reached 1 web1 "$(lease 2 web2)"
	expect "packets of the full MTU pass" \
		on 1 ip netns exec web1 ping -M "do" -s 1422 -c 2 -i 0.2 "$(lease 3 web3)"
	for _ in $(seq 50); do [ -z "$(global6 2 web2)" ] || break; sleep 0.2; done
	expect "a container reaches a container on another host over IPv6" \
		at 1 reaches6 web1 "$(global6 2 web2)"
	for n in 1 2 3; do expect "the gateway is host $n" reached $n "web$n" 10.88.0.1; done
	equal "only one gateway answers" \
		"$(on 1 ip netns exec web1 ping -c 1 10.88.0.1 | grep -c DUP)" 0
	expect "a name of another host resolves" \
		at 1 resolves web1 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
	expect "a name of this host resolves" \
		at 1 resolves web1 web1.h1.lxc 10.88.0.1 "$(lease 1 web1)"

	python3 "$LAB/echo.py" serve tcp 7 </dev/null >/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	until ss -Hltn 'sport = :7' | grep -q .; do sleep 0.1; done
	for n in 1 2 3; do
		equal "host $n masquerades packets of its container" \
			"$(at $n asks "web$n" tcp 192.0.2.254 7)" "192.0.2.$n"
	done
}

# No other host gives a container a lease.
cluster_own_dhcp() {
	printf '#!/bin/sh\n' >/run/client.sh
	chmod +x /run/client.sh
	discover() {
		on 2 ip netns exec web2 timeout 8 busybox udhcpc -i eth0 -n -q -t 3 -T 1 \
			-s /run/cluster/client.sh
	}
	expect "a container gets a lease from its own host" discover
	# Without berth-net run, which would restart it.
	on 2 sh -c 'kill -9 $(pidof dnsmasq "$1")' - "${BERTH_NET##*/}"
	refute "without the server of its own host, a container gets no lease" discover
	expect "start succeeds on host 2 and starts the server again" on 2 "$BERTH_NET" start
	expect "a container gets a lease from its own host again" discover
}

# bob's containers are isolated.
cluster_isolates() {
	container 1 b1 bob
	fixed 1 b1 10.88.100.1
	container 2 b2 bob
	fixed 2 b2 10.88.100.2
	expect "an isolated container reaches the gateway" reached 1 b1 10.88.0.1
	expect "an isolated container of another host does, too" reached 2 b2 10.88.0.1
	expect "an isolated container does not reach an isolated one of another host" \
		unreached 1 b1 10.88.100.2
	expect "an isolated container reaches no other container of another host" \
		unreached 1 b1 "$(lease 2 web2)"
	expect "a container of another host does not reach an isolated one" \
		unreached 2 web2 10.88.100.1
}

# A dropped packet is not answered.
unanswered() { # unanswered HOST NAME KIND ADDRESS PORT
	cluster_from=$1
	cluster_name=$2
	shift 2
	! timeout 2 nsenter -t "$(cat "/run/h$cluster_from/pid")" -m -n -p -- \
		ip netns exec "$cluster_name" python3 "$LAB/echo.py" ask "$@"
}

# Forged VXLAN, with a positive control: the host itself can send it. Something listens on the BGP
# port of host 1.
cluster_refuses_forgery() {
	listens 2 b2
	forge 1 - 192.0.2.2 "$(hardware 2 b2)"
	refute "the tunnel port is isolated from isolated containers" received 2 b2
	listens 2 web2
	forge 1 - 192.0.2.2 "$(hardware 2 web2)"
	expect "a VXLAN packet of a host of the cluster is accepted" received 2 web2
	on 2 sh -c ': >/run/forged.web2'
	forge 1 b1 192.0.2.2 "$(hardware 2 web2)"
	forge 1 web1 192.0.2.2 "$(hardware 2 web2)"
	forge 2 b2 192.0.2.2 "$(hardware 2 web2)"
	forge 2 b2 10.88.0.1 "$(hardware 2 web2)"
	refute "VXLAN packets of containers are dropped" received 2 web2
	for n in 1 2; do
		expect "a container of host $n does not reach the BGP port" \
			unanswered $n web$n tcp 192.0.2.1 179
	done
}

# thief ADDRESS [MAC]: a container of host 2 claims an address of host 1, and talks to web1 and
# web3.
thief() {
	container 2 thief alice
	if [ -n "${2:-}" ]; then
		on 2 ip -n thief link set eth0 down
		on 2 ip -n thief link set eth0 address "$2"
		on 2 ip -n thief link set eth0 up
	fi
	fixed 2 thief "$1"
	on 2 ip netns exec thief busybox arping -U -c 2 -I eth0 "$1" >/dev/null 2>&1
	for thief_of in "$(lease 1 web1)" "$(lease 3 web3)"; do
		on 2 ip netns exec thief ping -c 2 -i 0.2 -W 1 "$thief_of" >/dev/null 2>&1
	done
}

# Whether host 3 has learned that the hardware address of m1 must not move.
sticky() {
	for _ in $(seq 50); do
		! vtysh 3 "show evpn mac vni 100 mac $(hardware 1 m1)" | grep 'VTEP: 192.0.2.1' ||
			return 0
		sleep 0.1
	done
	return 1
}

# cluster_filters sticky|movable: frames from the tunnel cannot take over an address from a NIC of
# this host. With sticky, third hosts, too, still send frames for a hardware address with macfilter
# to its host.
cluster_filters() {
	container 1 m1 carol
	fixed 1 m1 10.88.102.1
	container 1 f1 dave
	expect "a container with ipfilter gets a lease" at 1 lab_lease f1
	[ "$1" = movable ] || expect "BGP announces the address with macfilter as sticky" sticky
	f1=$(lease 1 f1)
	expect "a container with macfilter is reached from another host" reached 3 web3 10.88.102.1
	expect "a container with ipfilter is reached from another host" reached 2 web2 "$f1"
	thief 10.88.103.1 "$(hardware 1 m1)"
	# Where host 3 sends frames for the address. With a list, the thief gets them until m1 sends
	# again: a limit that berth-cluster(7) and lxc-usernet(5) name.
	behind=$(on 3 bridge fdb show dev vx100 |
		sed -n "s/^$(hardware 1 m1) dst \([^ ]*\).*/\1/p" | sort -u)
	expect "a neighbor on its host still reaches the container with macfilter" \
		reached 1 web1 10.88.102.1
	if [ "$1" = sticky ]; then
		equal "a third host sends frames to the host of the NIC with macfilter" \
			"$behind" 192.0.2.1
		expect "a third host still reaches the container with macfilter" \
			reached 3 web3 10.88.102.1
	else
		equal "with a list, a third host sends frames to the host of the thief" \
			"$behind" 192.0.2.2
	fi
	end_container 2 thief
	thief "$f1"
	end_container 2 thief
	# The same with a hardware address of the form that NICs with ipfilter have, from a host without
	# the filter.
	on 2 nft delete table bridge berth
	thief "$f1" b2:be:00:00:00:99
	own() { on 1 ip netns exec web1 ip neigh show "$f1" | grep -qi "$(hardware 1 f1)"; }
	expect "a neighbor on its host still reaches the container with ipfilter" reached 1 web1 "$f1"
	expect "the neighbor has the hardware address of the container with ipfilter" own
	stolen() { on 3 ip netns exec web3 ip neigh show "$f1" | grep -qi b2:be:00:00:00:99; }
	# Another limit that the pages name.
	expect "a third host accepts ARP from the thief, whose host has no ipfilter" stolen
	end_container 2 thief
	expect "reload restores the filter of host 2" on 2 "$BERTH_NET" reload
}

cluster_restarts() {
	lossless "reload without a change" 1 web1 "$(lease 2 web2)" on 1 "$BERTH_NET" reload
	lossless "restart" 2 web2 "$(lease 1 web1)" on 2 "$BERTH_NET" restart
}

# cluster_kill: kills dnsmasq, FRR and berth-net on all hosts.
cluster_kill() {
	for n in 1 2 3; do
		on $n sh -c 'kill -9 $(pidof dnsmasq zebra bgpd mgmtd "$1")' - "${BERTH_NET##*/}"
	done
}
# After cluster_kill.
cluster_serves() {
	for n in 1 2 3; do
		expect "host $n has nothing left to change" on $n "$BERTH_NET" plan
		expect "a container of host $n gets a lease" at $n lab_lease "web$n"
	done
	expect "a container reaches a container on another host again" reached 1 web1 "$(lease 3 web3)"
	expect "a name of another host resolves again" \
		at 3 resolves web3 web2.alice.h2.lxc 10.88.0.1 "$(lease 2 web2)"
}

# starts_roaming HOST: a container for which all hosts reserve the same address, outside all DHCP
# ranges.
starts_roaming() {
	container "$1" roam alice
	expect "the container gets a lease on host $1" at "$1" lab_lease roam
	equal "the container has the reserved address on host $1" "$(lease "$1" roam)" 10.88.200.9
}
# serving HOST WORD…: runs connection.py with these words in the container on the host, in the
# background, as the container's init would.
serving() {
	serving_host=$1
	shift
	on "$serving_host" sh -c 'ip netns exec roam python3 "$@" </dev/null >/dev/null 2>&1 &
		echo $! >/run/serving' - "$LAB/connection.py" "$@"
}
# announces HOST: as most systems do when they get an address.
announces() {
	on "$1" ip netns exec roam busybox arping -U -c 2 -I eth0 10.88.200.9 >/dev/null 2>&1
}

# asking [keep]: web3 asks the container until it is told that the container has moved.
asking() {
	rm -f /run/moved
	on 3 ip netns exec web3 python3 "$LAB/connection.py" ask 10.88.200.9 7000 \
		/run/cluster/moved "$@" >/run/asked 2>&1 &
	asking=$!
	for _ in $(seq 200); do ! grep -q answered /run/asked || break; sleep 0.1; done
}
moved() { # sets `connections`, and `waited` to the milliseconds without an answer
	: >/run/moved
	wait "$asking"
	read -r connections waited <<-END
		$(tail -n 1 /run/asked)
	END
}

# A container moves to another host, with its addresses, while one of a third host talks to it.
cluster_moves() {
	starts_roaming 1
	mac=$(hardware 1 roam)
	serving 1 serve 7000 /run/cluster/connection
	asking
	on 3 ip netns exec web3 ping -D -i 0.05 -W 1 -w 60 10.88.200.9 >/run/ping 2>&1 &
	pinging=$!
	sleep 0.5
	# The container stops, is copied, and starts.
	end_container 1 roam
	starts_roaming 2
	serving 2 serve 7000 /run/cluster/connection
	announces 2
	equal "the container keeps its hardware address" "$(hardware 2 roam)" "$mac"
	moved
	on 3 sh -c 'kill -INT $(pidof ping)'
	wait "$pinging"
	silent=$(silence /run/ping)
	echo "a move: $silent ms without a reply to ping, $waited ms without an answer by TCP"
	equal "the client connects a second time" "$connections" 2
	expect "the move took less than 20 s" [ "$silent" -lt 20000 ]
	expect "the client waits for less than 20 s" [ "$waited" -lt 20000 ]
	expect "the moved container is reached from its former host" reached 1 web1 10.88.200.9

	# A checkpoint of the container keeps its connection open. As CRIU does, it blocks the
	# connection until it is restored.
	asking keep
	on 2 ip -n roam link set eth0 down
	on 2 sh -c 'kill $(cat /run/serving)'
	for _ in $(seq 50); do on 2 test ! -s /run/cluster/connection || break; sleep 0.1; done
	end_container 2 roam
	container 1 roam alice
	on 1 ip netns exec roam nft 'table inet lock {
		chain in { type filter hook input priority 0; tcp dport 7000 drop; }; }'
	expect "the container gets a lease on its first host" at 1 lab_lease roam
	serving 1 restore 7000 /run/cluster/connection
	continued() { on 1 ip netns exec roam ss -Htn state established | grep -q :7000; }
	for _ in $(seq 50); do ! continued || break; sleep 0.1; done
	on 1 ip netns exec roam nft delete table inet lock
	announces 1
	moved
	echo "a move with a checkpoint: $waited ms without an answer by TCP"
	equal "the connection of the client survives the move ($(tail -n 1 /run/asked))" \
		"$connections" 1
	expect "the connection is silent for less than 60 s" [ "$waited" -lt 60000 ]
	end_container 1 roam
}
