#!/bin/sh
# A test host for networks: sourced in a shell that `unshare -m -n -u` started. /run, /etc and the
# state directories are private, and the network is empty, so nothing outside is changed.
#
#	unshare -m -n -u -- Tests/NetworkHostTests/play.sh ordinary

lab_servers=

lab_begin() {
	mount --make-rprivate /
	mount -t tmpfs tmpfs /run
	lab_etc=$(mktemp -d /tmp/berth-lab.XXXXXX)
	cp -a /etc/. "$lab_etc"
	mount --bind "$lab_etc" /etc
	mkdir -p /var/lib/misc /var/lib/lxc
	mount -t tmpfs tmpfs /var/lib/misc
	mount -t tmpfs tmpfs /var/lib/lxc
	mount -t sysfs sysfs /sys
	mount -t tmpfs tmpfs /usr/local/sbin
	mkdir -p /run/netns
	# A host that was never booted may have no machine ID. IPv6 addresses would then depend on
	# /var/lib/lxc.
	[ -s /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
	rm -rf /etc/lxc/net.d /etc/sysconfig /etc/default/lxc /etc/default/lxc-net
	ip link set lo up
	# As on a host without docker: the IP firewall does not see bridged packets.
	for lab_file in /proc/sys/net/bridge/bridge-nf-call-*tables; do
		[ ! -f "$lab_file" ] || echo 0 >"$lab_file"
	done
	trap lab_end EXIT
}

lab_end() {
	for file in /run/lxc/dnsmasq*.pid; do
		[ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null
	done
	# shellcheck disable=SC2086
	[ -z "$lab_servers" ] || kill $lab_servers 2>/dev/null
	umount -l /etc && rm -rf "$lab_etc"
}

lab_settings() { cat >/etc/default/lxc-net; }

# Creates an outside host at 192.0.2.2 and 2001:db8::2 that has no route back to containers.
lab_outside() {
	ip netns add outside
	ip link add up0 type veth peer name eth0 netns outside
	ip addr add 192.0.2.1/24 dev up0
	ip -6 addr add 2001:db8::1/64 dev up0 nodad
	ip link set up0 up
	ip -n outside link set lo up
	ip -n outside addr add 192.0.2.2/24 dev eth0
	ip -n outside -6 addr add 2001:db8::2/64 dev eth0 nodad
	ip -n outside link set eth0 up
	# Wait until the kernel reports up0 as up, because lab_state prints the state.
	for _ in $(seq 1200); do
		[ "$(cat /sys/class/net/up0/operstate)" != up ] || break
		sleep 0.05
	done
	ip route add default via 192.0.2.2
	ip -6 route add default via 2001:db8::2
}

# lab_container NAME [BRIDGE]: creates a network namespace with a NIC on the bridge.
lab_container() {
	ip netns add "$1"
	ip link add "v$1" type veth peer name eth0 netns "$1"
	ip link set "v$1" master "${2:-lxcbr0}"
	ip link set "v$1" up
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
}

# lab_users: users alice and bob.
lab_users() {
	echo 'alice:x:2001:2001::/home/alice:/bin/sh' >>/etc/passwd
	echo 'bob:x:2002:2002::/home/bob:/bin/sh' >>/etc/passwd
}
# lab_nic NAMESPACE USER NAME [NUMBER [BLOCK]]: creates a namespace with a NIC as berth-nic creates
# it on lxcbr0. The block is bf, or be as for a line with ipfilter.
lab_nic() {
	ip netns list | grep -q "^$1\b" || ip netns add "$1"
	lab_tail=$(python3 "$LAB/identity.py" lxcbr0 "$(id -u "$2")" "$3" "${4:-0}")
	ip link add "n$1" address "fe:${5:-bf}:$lab_tail" type veth \
		peer name eth0 address "b2:${5:-bf}:$lab_tail" netns "$1"
	ip link set "n$1" alias "lxc:$2/$3$([ "${4:-0}" = 0 ] || echo ":$4")"
	ip link set "n$1" master lxcbr0
	ip link set "n$1" up
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
}

# lab_lease NAME [OPTION…]: gets the container's address by DHCP, with its name as host name unless
# the options, which are those of busybox's udhcpc, give another.
lab_lease() {
	lab_client=$1
	shift
	case $* in *hostname:*) ;; *) set -- "$@" -x "hostname:$lab_client" ;; esac
	cat >"/run/lease.sh.$lab_client" <<-'END'
		#!/bin/sh
		[ "$1" = bound ] || exit 0
		ip -4 addr flush dev $interface
		ip addr add $ip/$mask dev $interface
		ip link set $interface mtu ${mtu:-1500}
		ip route replace default via $router
		echo "$ip $router $dns" >/run/lease.$(ip netns identify $$)
	END
	chmod +x "/run/lease.sh.$lab_client"
	ip netns exec "$lab_client" busybox udhcpc -i eth0 -n -q -t 60 -T 1 -O mtu \
		-s "/run/lease.sh.$lab_client" "$@" >/dev/null 2>&1
}

# lab_first_process SCENARIO: continues in a PID namespace whose first process is in this
# network namespace. berth-nic refuses to run in any other.
lab_first_process() {
	[ "$(readlink /proc/1/ns/net)" != "$(readlink /proc/self/ns/net)" ] || return 0
	export lab_etc
	# shellcheck disable=SC2016 # the inner shell expands it
	exec unshare -p --fork --kill-child --mount-proc sh -c '
		. "$LAB/lab.sh"
		trap lab_end EXIT
		. "$LAB/scenarios/$0.sh"
		lab_verdict' "$1"
}

# lab_user NAME: creates a user, with a line of lxc-usernet that has the other words as options.
lab_user() {
	useradd "$1"
	lab_name=$1
	shift
	mkdir -p /etc/lxc
	echo "$lab_name veth lxcbr0 20 $*" >>/etc/lxc/lxc-usernet
}

lab_as() { # lab_as USER COMMAND…
	lab_who=$1
	shift
	setpriv --reuid "$lab_who" --regid "$lab_who" --clear-groups "$@"
}

# lab_real_nic NAME USER [BRIDGE [CONTAINER]]: creates a container's network namespace, which
# belongs to the user, and a NIC in it with the berth-nic that BERTH_NIC names.
lab_real_nic() {
	[ -u /run/berth-nic ] || install -m 4755 "$BERTH_NIC" /run/berth-nic
	[ -e /run/berth-nic.nss ] || [ ! -e "$BERTH_NIC.nss" ] ||
		install -m 700 "$BERTH_NIC.nss" /run/berth-nic.nss
	setpriv --reuid "$2" --regid "$2" --clear-groups unshare -Urn sleep 1000 </dev/null \
		>/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	lab_pid=$!
	lab_own=$(readlink /proc/self/ns/net)
	until [ "$(readlink "/proc/$lab_pid/ns/net" 2>/dev/null)" != "$lab_own" ] &&
		grep -q . "/proc/$lab_pid/uid_map"; do sleep 0.05; done
	ip netns attach "$1" "$lab_pid"
	lab_as "$2" /run/berth-nic create "/home/$2/lxc" "${4-$1}" "$lab_pid" veth "${3:-lxcbr0}" eth0 \
		>"/run/nic.$1" 2>&1 || return 1
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
}

# The host's end of a container's NIC, and the hardware address of the other end.
lab_port() { cut -d: -f3 "/run/nic.$1"; }
lab_hardware() { ip -n "$1" -j link show eth0 | sed 's/.*"address":"\([^"]*\)".*/\1/'; }

# lab_delete NAME USER BRIDGE: berth-nic delete, as lxc-start runs it for bridges of Open vSwitch.
lab_delete() {
	lab_as "$2" /run/berth-nic delete "/home/$2/lxc" "$1" \
		"/proc/$(ip netns pids "$1" | head -n 1)/ns/net" veth "$3" "$(lab_port "$1")"
}

# lab_end_container NAME: removes the namespace, and waits until the NIC is gone.
lab_end_container() {
	lab_pid=$(ip netns pids "$1" | head -n 1)
	kill "$lab_pid"
	ip netns del "$1"
	while ip link show "$(lab_port "$1")" >/dev/null 2>&1; do sleep 0.05; done
}

lab_address() { cut -d' ' -f1 "/run/lease.$1"; }

# broken PROGRAM PATTERN: makes a program of the host fail if its arguments or its input match.
broken() {
	cat >"/usr/local/sbin/$1" <<-END
		#!/bin/sh
		input=\$(cat)
		case "\$* \$input" in $2) echo 'it is broken' >&2; exit 1 ;; esac
		echo "\$input" | /usr/sbin/$1 "\$@"
	END
	chmod +x "/usr/local/sbin/$1"
}
repaired() { rm -f /usr/local/sbin/*; }

# Assertions. A failed one is printed, and makes the scenario fail at its end.
lab_failed=0
expect() { # expect WHAT COMMAND…: the command must succeed
	lab_what=$1
	shift
	if ! "$@" >/run/expect.out 2>&1; then
		echo "FAILED: $lab_what ($*)"
		sed 's/^/	/' /run/expect.out
		lab_failed=1
	fi
}
refute() { # refute WHAT COMMAND…: the command must fail
	lab_what=$1
	shift
	lab_tries=3
	if "$@" >/run/expect.out 2>&1; then
		echo "UNEXPECTED SUCCESS: $lab_what ($*)"
		sed 's/^/	/' /run/expect.out
		lab_failed=1
	fi
	lab_tries=
}
equal() { # equal WHAT ONE OTHER: the two texts must be equal
	if [ "$2" != "$3" ]; then
		if [ "$(echo "$2" | wc -l)" -gt 20 ]; then
			echo "NOT EQUAL: $1"
			echo "$2" >/run/equal.one
			echo "$3" | diff /run/equal.one -
		else
			printf 'NOT EQUAL: %s\n%s\n--- and ---\n%s\n' "$1" "$2" "$3"
		fi
		lab_failed=1
	fi
}
lab_verdict() { exit "$lab_failed"; }
skip() { # skip REASON
	echo "$1"
	exit 77
}

# Prints everything about the host's network that a program could have changed.
lab_state() {
	ip -br link | grep -v '^v' | sed 's/ *$//' | sort
	ip -br addr | grep -v '^v' | sort
	nft -s list ruleset
	for lab_file in /run/lxc/*; do
		case ${lab_file##*/} in
		berth-net.lock | berth-net.run | '*') ;;
		*) echo "${lab_file##*/}" ;;
		esac
	done
	for lab_pid in $(pidof dnsmasq); do
		[ "$(readlink "/proc/$lab_pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] ||
			tr '\0' ' ' <"/proc/$lab_pid/cmdline"
	done
}

# Retried if success is expected, because the machine may be busy.
reaches4() {
	for _ in $(seq "${lab_tries:-15}"); do
		ip netns exec "$1" ping -c 2 -i 0.1 -W 2 "$2" && return 0
	done
	return 1
}
reaches6() {
	for _ in $(seq "${lab_tries:-60}"); do
		ip netns exec "$1" ping -6 -c 1 -W 1 "$2" && return 0
		sleep 0.5
	done
	return 1
}
resolves() { # resolves CONTAINER NAME SERVER ADDRESS
	[ "$(ip netns exec "$1" python3 "$LAB/echo.py" resolve "$2" "$3")" = "$4" ]
}

# lab_echo NAMESPACE tcp|udp PORT: starts a server that answers with the address of the client.
lab_echo() {
	ip netns exec "$1" python3 "$LAB/echo.py" serve "$2" "$3" </dev/null >/dev/null 2>&1 &
	lab_servers="$lab_servers $!"
	for _ in $(seq 600); do
		! ip netns exec "$1" ss -Hltun "sport = :$3" | grep -q . || break
		sleep 0.1
	done
}
# asks NAMESPACE|host tcp|udp ADDRESS PORT [SOURCE-PORT]
asks() {
	lab_who=$1
	shift
	if [ "$lab_who" = host ]; then
		python3 "$LAB/echo.py" ask "$@"
	else
		ip netns exec "$lab_who" python3 "$LAB/echo.py" ask "$@"
	fi
}
