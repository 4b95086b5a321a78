# For each row of a table of settings and host states, `check` succeeds if and only if `start`
# succeeds. If they refuse, nothing changes; after a successful start, the plan is empty.
lab_outside
rows=0

# row yes|partly|no WHAT SETTINGS [PREPARE [CLEANUP]]: the last two are functions.
row() {
	rows=$((rows + 1))
	rm -rf /etc/lxc/net.d
	mkdir -p /etc/lxc/net.d
	printf '%s\n' "$3" | lab_settings
	[ -z "$4" ] || "$4"
	before=$(lab_state)
	"$BERTH_NET" check >/run/check.out 2>&1
	checked=$?
	equal "$2: check changes nothing" "$(lab_state)" "$before"
	"$BERTH_NET" start >/run/start.out 2>&1
	started=$?
	[ "$1" = no ] && wanted=1 || wanted=0
	if [ "$checked $started" != "$wanted $wanted" ]; then
		echo "DISAGREE: $2: check $checked, start $started, wanted $wanted"
		cat /run/check.out /run/start.out
		lab_failed=1
	fi
	if [ "$1" != no ]; then
		[ "$1" = partly ] || expect "$2: the plan is empty" "$BERTH_NET" plan
		expect "$2: stop succeeds" "$BERTH_NET" stop
	else
		equal "$2: start changes nothing" "$(lab_state)" "$before"
		[ "$started" != 0 ] || "$BERTH_NET" stop >/dev/null 2>&1
	fi
	[ -z "$5" ] || "$5"
}
says() { # says WHAT PATTERN: the output of start matches
	expect "$1" grep -q "$2" /run/start.out
}

# The administrator's file for dnsmasq.
confile() { # confile yes|no WHAT LINES
	printf '%b\n' "$3" >/etc/lxc/dnsmasq.conf
	row "$1" "$2" LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf
}

row yes "the defaults" ""
row yes "iptables" LXC_USE_NFT=false
row yes "other values" "LXC_NETWORK=10.9.0.0/22 LXC_ISOLATE=true LXC_NAT=false LXC_BRIDGE_MTU=1400"
row yes "no DHCP" LXC_DHCP=false
row yes "neither DHCP nor DNS" "LXC_DHCP=false LXC_DNS_PORT=0"
row yes "neither DHCP nor DNS, but advertisements" \
	"LXC_DHCP=false LXC_DNS_PORT=0 LXC_IPV6_RA=true"
row yes "a range of leases with a time" "LXC_DHCP_RANGE=10.0.3.9,10.0.3.99,12h"
row no "a range of leases outside the network" "LXC_DHCP_RANGE=10.0.4.9,10.0.4.99"
row no "a value that is not a boolean" LXC_RPFILTER=strict
row no "shell syntax" "LXC_ADDR=\$(hostname)"

confile yes "a file with an option" "dhcp-option=option:ntp-server,192.0.2.9"
confile yes "bind-interfaces" "bind-interfaces"
confile yes "bind-interfaces and except-interface, as Ubuntu has them" \
	"bind-interfaces\nexcept-interface=up0"
confile yes "bind-dynamic" "bind-dynamic"
confile no "bind-interfaces and bind-dynamic" "bind-interfaces\nbind-dynamic"
confile yes "an interface that does not exist" "interface=eth9"
confile no "an interface that does not exist, with bind-interfaces" \
	"interface=eth9\nbind-interfaces"
confile no "keep-in-foreground" "# here\nkeep-in-foreground"
says "start names the line with keep-in-foreground" \
	"/etc/lxc/dnsmasq.conf:2: LXC_DHCP_CONFILE: \"keep-in-foreground\""
confile no "no-daemon" " no-daemon # a comment"
mkdir -p /etc/lxc/more
echo keep-in-foreground >/etc/lxc/more/a.conf
confile no "keep-in-foreground in an included directory" "conf-dir=/etc/lxc/more,*.conf"
mv /etc/lxc/more/a.conf /etc/lxc/more/a.off
confile yes "keep-in-foreground in a file that is not included" "conf-dir=/etc/lxc/more,*.conf"
confile yes "a file that includes itself" "conf-file=/etc/lxc/dnsmasq.conf"
confile no "an unknown option" "what is this"
confile no "an unknown user" "user=nosuch"
confile no "an unknown group" "group=nosuch"
confile no "a log in a directory that does not exist" "log-facility=/nowhere/dnsmasq.log"
confile no "a script that does not exist" "dhcp-script=/nowhere/script"
row no "a file that does not exist" LXC_DHCP_CONFILE=/etc/lxc/nowhere.conf
row yes "a directory, which dnsmasq ignores" LXC_DHCP_CONFILE=/etc/lxc

# Programs that hold ports.
greedy() {
	dnsmasq --conf-file=/dev/null --bind-dynamic --except-interface=lo --interface=lxcbr0 \
		--pid-file=/run/greedy.pid
	# The dnsmasq of berth-net comes second.
	printf '#!/bin/sh\nsleep 1\nexec /usr/sbin/dnsmasq "$@"\n' >/usr/local/sbin/dnsmasq
	chmod +x /usr/local/sbin/dnsmasq
}
everywhere() { dnsmasq --conf-file=/dev/null --pid-file=/run/greedy.pid; }
sharing() {
	dnsmasq --conf-file=/dev/null --bind-dynamic --interface=up0 --port=0 \
		--dhcp-range=192.0.2.50,192.0.2.60 --pid-file=/run/greedy.pid \
		--dhcp-leasefile=/run/greedy.leases
}
alone() {
	dnsmasq --conf-file=/dev/null --interface=up0 --port=0 --pid-file=/run/greedy.pid \
		--dhcp-range=192.0.2.50,192.0.2.60 --dhcp-leasefile=/run/greedy.leases
}
satisfied() {
	repaired
	greedy=$(cat /run/greedy.pid)
	kill "$greedy"
	while [ -e "/proc/$greedy" ]; do sleep 0.1; done
}
row yes "a dnsmasq takes port 53 of each address as soon as it exists" "" greedy satisfied
says "start names the program that holds port 53" \
	"port 53 is held by dnsmasq (process [0-9]*), so lxcbr0 has"
row yes "a dnsmasq takes port 53 of each address, with iptables" LXC_USE_NFT=false greedy satisfied
row yes "a dnsmasq has port 53 of all addresses" "" everywhere satisfied
row yes "a dnsmasq has port 53 of all addresses, and DNS has another port" \
	LXC_DNS_PORT=5353 everywhere satisfied
row yes "a dnsmasq serves DHCP elsewhere and shares port 67" "" sharing satisfied
row no "a dnsmasq serves DHCP elsewhere and does not share port 67" "" alone satisfied
says "start names the program that holds port 67" \
	"UDP port 67 is held by dnsmasq (process"
row yes "a dnsmasq does not share port 67, and DHCP is off" LXC_DHCP=false alone satisfied

# Addresses and interfaces of the host.
provider() { ip -6 addr add 2001:db8:7::2/128 dev up0 nodad; }
provided() { ip -6 addr del 2001:db8:7::2/128 dev up0; }
row yes "the host has a /128 in the range" LXC_IPV6_NETWORK=2001:db8:7::/64 provider provided
row no "LXC_IPV6_ADDR is an address of the host" "LXC_IPV6_NETWORK=2001:db8:7::/64
LXC_IPV6_ADDR=2001:db8:7::2" provider provided
single() { ip addr add 10.0.3.7/32 dev up0; }
singled() { ip addr del 10.0.3.7/32 dev up0; }
row yes "the host has a /32 in the range" "" single singled
says "start warns that containers could lease the host's address" \
	"LXC_DHCP_RANGE: 10.0.3.7 in the range .* is an address of up0"
row no "LXC_ADDR is an address of the host" LXC_ADDR=10.0.3.7 single singled
routed() { ip route add 10.0.3.0/25 via 192.0.2.2; }
unrouted() { ip route del 10.0.3.0/25; }
row no "the host has a route into the range" "" routed unrouted
row yes "LXC_NETWORK=auto, and the host has a route into the first range" \
	LXC_NETWORK=auto routed unrouted
other() { ip link add lxcbr0 type veth peer name vother; }
unother() { ip link del lxcbr0; }
row no "another interface has the name of the bridge" "" other unother

# Programs that fail, and kernels that refuse.
refuses() { broken nft '*add*table*'; }
row no "nft lists, but refuses rules" "" refuses repaired
says "start names the setting for iptables" 'LXC_USE_NFT="false"'
row yes "nft refuses rules, and LXC_USE_NFT is false" LXC_USE_NFT=false refuses repaired
lists() { broken nft '*'; }
row yes "nft does not work at all" "" lists repaired
neither() {
	broken nft '*'
	broken iptables-save '*'
	broken ip6tables-save '*'
}
row no "neither nft nor iptables works" "" neither repaired
fib() { broken nft '*fib?saddr*'; }
row no "the kernel has no reverse path filter" "" fib repaired
says "start names the setting of the reverse path filter" 'set LXC_RPFILTER="false"'
row yes "the kernel has no reverse path filter, and LXC_RPFILTER is false" \
	LXC_RPFILTER=false fib repaired
tables() { broken iptables-restore '*MASQUERADE*'; }
row no "the kernel has no masquerading" LXC_USE_NFT=false tables repaired
says "start names the setting of NAT" 'set LXC_NAT="false"'
six() { broken ip6tables-restore '*'; }
row partly "ip6tables-restore fails" LXC_USE_NFT=false six repaired
serves() { broken dnsmasq '*--dhcp-authoritative*'; }
row no "dnsmasq refuses its arguments" "" serves repaired
absent() { mount --bind /dev/null /usr/sbin/dnsmasq; }
present() { umount /usr/sbin/dnsmasq; }
row yes "dnsmasq is not installed" "" absent present
hangs() {
	printf '#!/bin/sh\nexec sleep 600\n' >/usr/local/sbin/dnsmasq
	chmod +x /usr/local/sbin/dnsmasq
}
row no "dnsmasq does not end" "" hangs repaired
says "start says that it terminated dnsmasq" "did not finish within 10 s and was terminated"

# File systems and files.
sysctls() {
	echo 0 >/proc/sys/net/ipv4/ip_forward
	mount --bind /proc/sys /proc/sys
	mount -o remount,bind,ro /proc/sys
}
unsysctls() { umount /proc/sys; }
row no "kernel settings cannot be written" LXC_IPV6_ENABLE=false sysctls unsysctls
leases() {
	mount -t tmpfs tmpfs /var/lib/misc
	mount -o remount,ro /var/lib/misc
}
unleases() { umount /var/lib/misc; }
row no "leases cannot be written" "" leases unleases
row yes "leases cannot be written, and DHCP is off" "LXC_DHCP=false" leases unleases
network() { echo "LXC_BRIDGE=lxcbr1 $1" >/etc/lxc/net.d/two.conf; }
second() { network "LXC_NETWORK=10.0.4.0/24 LXC_ISOLATE=true"; }
row yes "a second network" "" second
overlapping() { network "LXC_NETWORK=10.0.3.128/25"; }
row no "a second network that overlaps the first" "" overlapping
misspelled() { network "LXC_NETWORK=10.0.4.0/24 LXC_NTA=false"; }
row yes "a misspelled setting" "" misspelled
says "start names the misspelled setting" "two.conf:1: LXC_NTA"
corrupt() { echo '{' >/run/lxc/berth-net.json; }
row yes "a record that cannot be parsed" "" corrupt
writable() {
	echo '{' >/run/lxc/berth-net.json
	chmod 666 /run/lxc/berth-net.json
}
unwritable() { rm -f /run/lxc/berth-net.json; }
row no "a record that all users can write" "" writable unwritable
occupied() {
	rm -rf /run/lxc
	: >/run/lxc
}
unoccupied() { rm -f /run/lxc; }
row no "a file in place of the directory for the state" "" occupied unoccupied
row no "a forward of a port in use, to an address outside the network" \
	"LXC_FORWARDS=tcp:22=10.1.1.1:22"
row yes "a forward" "LXC_FORWARDS=tcp:22=10.0.3.9:22"
row yes "USE_LXC_BRIDGE is false" USE_LXC_BRIDGE=false

expect "the table has at least 25 rows ($rows)" [ "$rows" -ge 25 ]
