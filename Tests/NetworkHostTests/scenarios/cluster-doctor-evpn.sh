# berth doctor of one network over two hosts by BGP EVPN, before FRR runs and after. See cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
[ -x "${BERTH:-}" ] || skip "no BERTH: run make"
[ -x /usr/lib/frr/bgpd ] || skip "FRR is not installed: install the package frr"
cluster_begin 1 2

findings() { # findings VERDICT-OR-MESSAGES [CHECK]: what host 1 finds
	on 1 "$BERTH" doctor --json >/run/doctor
	python3 "$LAB/findings.py" /run/doctor "$1" "${2:-tunnel}"
}
routing() { # routing HOST PEER: starts FRR
	mkdir -p "/run/h$1/etc/frr" "/run/h$1/run/frr"
	cat >"/run/h$1/etc/frr/frr.conf" <<-FRR
		router bgp 65000
		 bgp router-id 192.0.2.$1
		 no bgp default ipv4-unicast
		 neighbor 192.0.2.$2 remote-as 65000
		 neighbor 192.0.2.$2 timers 3 9
		 neighbor 192.0.2.$2 timers connect 1
		 address-family l2vpn evpn
		  neighbor 192.0.2.$2 activate
		  advertise-all-vni
		 exit-address-family
	FRR
	: >"/run/h$1/etc/frr/vtysh.conf"
	chown -R frr:frr "/run/h$1/etc/frr" "/run/h$1/run/frr"
	on "$1" /usr/lib/frr/zebra -d -f /etc/frr/frr.conf -i /run/frr/zebra.pid -A 127.0.0.1 \
		-s 90000000 >/dev/null 2>&1
	on "$1" /usr/lib/frr/bgpd -d -f /etc/frr/frr.conf -i /run/frr/bgpd.pid -A 127.0.0.1 \
		>/dev/null 2>&1
}
end_routing() {
	# shellcheck disable=SC2016 # the inner shell expands it
	on "$1" sh -c 'kill $(cat /run/frr/bgpd.pid /run/frr/zebra.pid)'
}
peers() { on 1 bridge fdb show dev vx100 | grep -c '^00:00:00:00:00:00'; }
until_peers() { # until_peers NUMBER
	for _ in $(seq 300); do
		[ "$(peers)" != "$1" ] || return 0
		sleep 0.1
	done
	return 1
}
says() { findings messages "$1" | grep -qF -- "$2"; }

for n in 1 2; do
	names=
	cluster_settings $n evpn
	expect "start on host $n" on $n "$BERTH_NET" start
	container $n "web$n" alice
	leased $n "web$n"
done
equal "no host is known without FRR" "$(findings verdict)" problem
expect "the finding names FRR" says tunnel "announced no other host with the VNI 100"
routing 1 2
routing 2 1
expect "BGP finds the other host" until_peers 1
expect "the hosts reach each other" at 1 reaches4 web1 "$(lease 2 web2)"
for check in tunnel duplicate-addresses; do
	equal "a healthy network is quiet: $check" "$(findings verdict $check)" ok
	[ "$(findings verdict $check)" = ok ] || findings messages $check
done

# An address of this host's range is used on the other host.
container 2 static alice
fixed 2 static 10.88.1.77
for _ in $(seq 50); do
	on 2 ping -c 1 -W 1 10.88.1.77 >/dev/null 2>&1
	on 1 ip neigh show 10.88.1.77 | grep -q . && break
	sleep 0.2
done
equal "an address of this host's range elsewhere is a warning" \
	"$(findings verdict duplicate-addresses)" warning
expect "the address is named" says duplicate-addresses "10.88.1.77, which is in the DHCP range"
findings messages duplicate-addresses
end_container 2 static

# A container moves here, and then runs on both hosts.
container 2 roam alice
expect "the container gets a lease" at 2 lab_lease roam
on 2 ip netns exec roam ping -c 2 -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1
sleep 2
equal "a reserved address on another host is no finding" \
	"$(findings verdict duplicate-addresses)" ok
end_container 2 roam
container 1 roam alice
equal "a container that has just moved here is no finding" \
	"$(findings verdict duplicate-addresses)" ok
expect "the container gets a lease on its new host" at 1 lab_lease roam
sleep 2
equal "a container that has moved here is no finding" "$(findings verdict duplicate-addresses)" ok
container 2 roam alice
fixed 2 roam 10.88.200.9
on 2 ip netns exec roam ping -i 0.2 -W 1 "$(lease 1 web1)" >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
twice() {
	for _ in $(seq 40); do
		[ "$(findings verdict duplicate-addresses)" != problem ] || return 0
		sleep 0.2
	done
	return 1
}
expect "a container that runs twice is named" twice
findings messages duplicate-addresses

# FRR ends, and takes the other hosts out of the table.
end_routing 1
expect "FRR removes the other host" until_peers 0
equal "no host is known after FRR" "$(findings verdict)" problem
end_routing 2
