#!/bin/sh
# A cluster of test hosts, sourced by scenarios: each host has mounts, processes and a network of
# its own, and an uplink up0 with 192.0.2.N and 2001:db8::N to a switch in this namespace, which has
# 192.0.2.254. Like lab.sh, it changes nothing outside.

cluster_begin() { # cluster_begin NUMBER…: creates the hosts
	ip link add ul type bridge
	ip link set ul up
	ip addr add 192.0.2.254/24 dev ul
	ip -6 addr add 2001:db8::254/64 dev ul nodad
	lab_user alice
	lab_user bob isolated
	lab_user carol macfilter
	lab_user dave ipfilter
	mkdir -p /run/bin /run/shared
	install -m 4755 "$BERTH_NIC" /run/bin/berth-nic
	[ ! -e "$BERTH_NIC.nss" ] || install -m 700 "$BERTH_NIC.nss" /run/bin/berth-nic.nss
	# A container that moves keeps its address only with the same key.
	[ -e /etc/lxc/berth.key ] || (umask 077 && head -c 32 /dev/urandom >/etc/lxc/berth.key)
	for cluster_host; do cluster_host "$cluster_host"; done
}

cluster_host() {
	cluster_dir=/run/h$1
	mkdir -p "$cluster_dir/etc" "$cluster_dir/run/cluster" "$cluster_dir/run/netns" \
		"$cluster_dir/misc" "$cluster_dir/lxc"
	cp -a /etc/. "$cluster_dir/etc"
	echo "0123456789abcdef0123456789abcde$1" >"$cluster_dir/etc/machine-id"
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare -m -n -p --fork --kill-child --mount-proc --propagation private sh -c '
		mount -t sysfs sysfs /sys
		mount --bind "$1/etc" /etc
		mount --bind "$1/misc" /var/lib/misc
		mount --bind "$1/lxc" /var/lib/lxc
		mount --bind /run "$1/run/cluster"
		mount --rbind "$1/run" /run
		for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do
			[ ! -f "$file" ] || echo 0 >"$file"
		done
		echo ready >/run/ready
		trap exit TERM
		sleep 100000 &
		wait' - "$cluster_dir" </dev/null >/dev/null 2>&1 &
	until [ -e "$cluster_dir/run/ready" ]; do sleep 0.05; done
	cluster_pid=$(pgrep -P $!)
	echo "$cluster_pid" >"$cluster_dir/pid"
	# unshare ignores SIGTERM; the first process ends the host.
	lab_servers="$lab_servers $cluster_pid"
	ip link add "u$1" type veth peer name up0 netns "$cluster_pid"
	ip link set "u$1" master ul up
	on "$1" ip link set lo up
	on "$1" ip link set up0 up
	on "$1" ip addr add "192.0.2.$1/24" dev up0
	on "$1" ip -6 addr add "2001:db8::$1/64" dev up0 nodad
	on "$1" ip route add default via 192.0.2.254
	on "$1" ip -6 route add default via 2001:db8::254
}

on() { # on HOST COMMAND…
	cluster_on=$(cat "/run/h$1/pid")
	shift
	nsenter -t "$cluster_on" -m -n -p -- "$@"
}

at() { # at HOST FUNCTION…: calls a function of lab.sh on the host
	cluster_at=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	on "$cluster_at" env LAB="$LAB" BERTH_NIC=/run/cluster/bin/berth-nic \
		lab_tries="${lab_tries:-}" sh -c '. "$LAB/lab.sh"; "$@"' - "$@"
}

# cluster_settings HOST PEERS [LINE…]: the settings of a host; PEERS are numbers of hosts, or evpn.
cluster_settings() {
	cluster_n=$1
	cluster_peers=
	cluster_names=
	for cluster_peer in $2; do
		[ "$cluster_peer" != "$cluster_n" ] || continue
		if [ "$cluster_peer" = evpn ]; then
			cluster_peers=evpn
		else
			cluster_peers="$cluster_peers ${underlay:-192.0.2.}$cluster_peer"
			cluster_names="$cluster_names h$cluster_peer.lxc=${underlay:-192.0.2.}$cluster_peer"
		fi
	done
	[ -z "${names:-}" ] || cluster_names=$names
	shift 2
	{
		cat <<-SETTINGS
			LXC_NETWORK=10.88.0.0/16
			LXC_DHCP_RANGE=10.88.$cluster_n.2,10.88.$cluster_n.254
			LXC_IPV6_PREFIX=fd42:88:88:88
			LXC_DOMAIN=h$cluster_n.lxc
			LXC_DHCP_PING=false
			LXC_DHCP_HOSTS=alice/roam,10.88.200.9
			LXC_VXLAN=100
			LXC_VXLAN_LOCAL=${underlay:-192.0.2.}$cluster_n
			LXC_VXLAN_PEERS="$cluster_peers"
			LXC_DNS_PEERS="$cluster_names"
		SETTINGS
		for cluster_line; do echo "$cluster_line"; done
	} >"/run/h$cluster_n/etc/default/lxc-net"
}

# A container with a NIC of the real berth-nic: container HOST NAME USER.
container() { at "$1" lab_real_nic "$2" "$3"; }
# A static address, for a container without a lease: fixed HOST NAME ADDRESS
fixed() {
	on "$1" ip -n "$2" addr add "$3/16" dev eth0
	on "$1" ip -n "$2" route add default via 10.88.0.1
}
lease() { on "$1" cut -d' ' -f1 "/run/lease.$2"; }
global6() {
	on "$1" ip -n "$2" -6 -o addr show dev eth0 scope global |
		sed -n 's/.* inet6 \([^/]*\).*/\1/p' | head -n 1
}
hardware() { at "$1" lab_hardware "$2"; }
# end_container HOST NAME: kills all its processes, and waits until its NIC is gone.
end_container() {
	# shellcheck disable=SC2016 # the inner shell expands it
	on "$1" sh -c 'ip netns pids "$1" | xargs -r kill -9' - "$2"
	on "$1" ip netns del "$2"
	cluster_port=$(at "$1" lab_port "$2")
	# The kernel removes the network namespaces of the whole machine one after another.
	for _ in $(seq 3000); do
		on "$1" ip link show "$cluster_port" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	return 1
}
# leased HOST NAME: gets a lease, and publishes the name.
leased() {
	expect "a container gets a lease on host $1" at "$1" lab_lease "$2"
	equal "the lease is from the range of host $1" "$(lease "$1" "$2" | cut -d. -f1-3)" "10.88.$1"
	on "$1" "$BERTH_NET" reload >/dev/null
}

# lossless WHAT HOST NAME ADDRESS COMMAND…: the command succeeds, and no ping of the container
# is lost in the meantime.
lossless() {
	cluster_what=$1
	on "$2" ip netns exec "$3" ping -i 0.02 -c 120 -W 2 "$4" >/run/ping 2>&1 &
	cluster_ping=$!
	shift 4
	sleep 0.3
	expect "$cluster_what" "$@"
	wait "$cluster_ping"
	expect "$cluster_what: no packet is lost ($(grep loss /run/ping))" \
		grep -q ' 0% packet loss' /run/ping
}

# The longest silence in milliseconds of a ping -D.
silence() {
	awk -F'[][ =]+' '/icmp_seq/ { if (p && $2 - p > m) m = $2 - p; p = $2 }
		END { printf "%d\n", m * 1000 }' "$1"
}

# forge HOST NAME TARGET MAC: sends a VXLAN packet with a frame for the hardware address from a
# container, or from the host itself if NAME is -.
forge() {
	if [ "$2" = - ]; then
		on "$1" python3 "$LAB/forge.py" "$3" "$4"
	else
		on "$1" ip netns exec "$2" python3 "$LAB/forge.py" "$3" "$4"
	fi
}
# received HOST NAME: whether the container has received a forged frame since `listens`.
listens() {
	on "$1" ip netns exec "$2" python3 "$LAB/forge.py" listen "/run/forged.$2" \
		</dev/null >/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	until on "$1" test -e "/run/forged.$2"; do sleep 0.05; done
}
received() {
	sleep 1
	on "$1" grep -q FORGED "/run/forged.$2"
}
