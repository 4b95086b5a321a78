# A failure at each step, on a host that has other rules: everything is undone, and the other rules
# are unchanged.
lab_outside
nft -f - <<'END'
table ip filter {
	chain DOCKER-USER {
	}
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
		jump DOCKER-USER
	}
	chain ufw-user-forward {
	}
	chain INPUT {
		type filter hook input priority 0; policy accept;
		tcp dport 22 accept
	}
}
table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority 100;
		ip saddr 172.17.0.0/16 masquerade
	}
}
table inet firewalld {
	set s {
		type ipv4_addr
		elements = { 192.0.2.77 }
	}
}
table inet lxc_other {
	set x {
		type ipv4_addr
	}
	chain c {
		ip saddr @x drop
	}
}
END
echo | lab_settings
before=$(lab_state)
mount -t tmpfs tmpfs /usr/local/sbin
broken() { # broken PROGRAM: only listing succeeds
	cat >"/usr/local/sbin/$1" <<-END
		#!/bin/sh
		case "\$*" in *list*) exec /usr/sbin/$1 "\$@" ;; esac
		echo 'it is broken' >&2
		exit 1
	END
	chmod +x "/usr/local/sbin/$1"
}
for program in nft dnsmasq; do
	broken $program
	refute "start fails with a broken $program" "$BERTH_NET" start
	expect "start says which program failed, and what it printed" \
		sh -c '"$1" start 2>&1 | grep -q "$2"' - "$BERTH_NET" \
		"/usr/local/sbin/$program failed with status 1: it is broken"
	equal "a broken $program leaves the host unchanged" "$(lab_state)" "$before"
	rm /usr/local/sbin/$program
done
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "the warning names docker's or ufw's chain" \
	grep -q 'ip filter FORWARD (\(docker\|ufw\)) drops' /run/warnings
started=$(lab_state)
echo 'LXC_FORWARDS=tcp:25=10.0.3.9:25 LXC_DHCP_MAX=9' | lab_settings
broken dnsmasq
refute "reload fails with a broken dnsmasq" "$BERTH_NET" reload
rm /usr/local/sbin/dnsmasq
equal "the old rules are restored" "$(nft -s list table inet berth_lxcbr0)" \
	"$(echo "$started" | sed -n '/^table inet berth_lxcbr0 {/,/^}/p')"
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves the other rules unchanged" "$(lab_state)" "$before"

ip link add lxcbr0 type veth peer name vother
echo | lab_settings
refute "start fails if the interface is not a bridge" "$BERTH_NET" start
ip link del lxcbr0
ip link add clash type veth peer name vclash
ip addr add 10.0.3.9/24 dev clash
ip link set clash up
ip link set vclash up
refute "start fails if the range is in use" "$BERTH_NET" start
expect "the message names the interface that uses the range" \
	sh -c '"$1" start 2>&1 | grep -q "LXC_.*: 10.0.3.0/24 is in use.*clash"' - "$BERTH_NET"
ip link del clash
equal "a start that fails leaves the host unchanged" "$(lab_state)" "$before"

python3 "$LAB/echo.py" serve udp 53 &
holder=$!
for _ in $(seq 600); do ! ss -Hlun 'sport = :53' | grep -q . || break; sleep 0.1; done
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "start succeeds if port 53 is in use" "$?" 0
expect "the warning names the process that uses port 53" \
	grep -q "port 53 is held by python3 (process $holder)" /run/warnings
lab_container web
expect "containers get leases without DNS" lab_lease web
kill $holder
wait $holder 2>/dev/null
expect "reload starts DNS once the port is free" \
	sh -c '"$1" reload | grep -q dnsmasq' - "$BERTH_NET"
ip link del vweb
expect "stop succeeds" "$BERTH_NET" stop

# Without dnsmasq, the bridge and NAT are set up all the same.
: >/run/nothing
mount --bind /run/nothing /usr/sbin/dnsmasq
"$BERTH_NET" start >/dev/null 2>/run/warnings
equal "start succeeds without dnsmasq" "$?" 0
expect "the warning names the package of dnsmasq" \
	grep -q 'install the package dnsmasq-base' /run/warnings
expect "the bridge exists without dnsmasq" sh -c 'ip addr show lxcbr0 | grep -q "inet 10.0.3.1/24"'
expect "NAT works without dnsmasq" sh -c 'nft list table inet berth_lxcbr0 | grep -q masquerade'
umount /usr/sbin/dnsmasq
expect "stop succeeds" "$BERTH_NET" stop
equal "stop restores the state of the host" "$(lab_state)" "$before"

# Without nft, iptables is used. With neither, start fails before it changes anything.
nft flush ruleset
before=$(lab_state)
cp /usr/sbin/nft /run/nft
mount --bind /run/nothing /usr/sbin/nft
expect "start succeeds without nft" "$BERTH_NET" start
expect "the rules are in iptables" sh -c 'iptables-save | grep -q "berth-net:lxcbr0.*MASQUERADE"'
expect "the rules are in ip6tables" sh -c 'ip6tables-save | grep -q "berth-net:lxcbr0.*MASQUERADE"'
expect "the plan is empty with iptables" "$BERTH_NET" plan
iptables -t nat -F
expect "plan reports flushed rules" sh -c '! "$1" plan' - "$BERTH_NET"
expect "reload restores flushed rules" "$BERTH_NET" reload
expect "the masquerade rule is restored" \
	sh -c 'iptables-save | grep -q "berth-net:lxcbr0.*MASQUERADE"'
equal "the masquerade rule exists once" \
	"$(iptables-save | grep -c 'berth-net:lxcbr0.*MASQUERADE')" 1
expect "stop succeeds" "$BERTH_NET" stop
equal "stop leaves no rule in iptables" \
	"$(iptables-save | grep -c berth; ip6tables-save | grep -c berth)" "0
0"
for program in iptables-save ip6tables-save; do
	mount --bind /run/nothing "$(readlink -f /usr/sbin/$program)" 2>/dev/null
done
refute "start fails with neither nft nor iptables" "$BERTH_NET" start
expect "the message says what to install" \
	sh -c '"$1" start 2>&1 | grep -q "install nftables"' - "$BERTH_NET"
refute "no bridge is created" ip link show lxcbr0
