# With systemd-resolved, the host resolves the names of containers (LXC_HOST_DNS): only these names
# go to the name server of the network, and `stop` removes all settings of the bridge. The upstream
# server of the host is dnsmasq in another network namespace. Both servers log what they are asked.
# init files: systemd
# needs: systemd-resolved resolvectl

# shellcheck source=Tests/MachineTests/guest/resolved.sh
. /machine/resolved.sh

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	settings
	printf '%s\n' log-queries log-facility=/run/lxc/dnsmasq.log >/etc/lxc/dnsmasq.conf
	enable_resolved
	mkdir -p /etc/systemd/resolved.conf.d
	printf '%s\n' '[Resolve]' DNS=192.0.2.2 Domains=~. >/etc/systemd/resolved.conf.d/upstream.conf
}

# settings LINE…: of the network.
settings() {
	printf '%s\n' 'USE_LXC_BRIDGE="true"' 'LXC_DHCP_CONFILE="/etc/lxc/dnsmasq.conf"' "$@" \
		>/etc/default/lxc-net
}

# upstream: the server of the host for all other names.
upstream() {
	outside
	ip netns exec outside dnsmasq --conf-file=/dev/null --pid-file= --user=root --no-resolv \
		--no-hosts --listen-address=192.0.2.2 --bind-interfaces --log-queries \
		--log-facility=/run/upstream --host-record=www.example.net,192.0.2.99
}
# asked LOG NAME: whether that server was asked for the name.
asked() { grep -qF " $2 from " "$1"; }
containers=/run/lxc/dnsmasq.log upstream=/run/upstream

# link WORD [BRIDGE]: what resolved has for the bridge.
link() { resolvectl "$1" "${2:-lxcbr0}" | sed -n 's/^Link .*): *//p'; }
# routes SERVER DOMAIN [BRIDGE]: resolved has this server and domain, and no other name goes there.
routes() {
	local now
	now="$(link dns "${3:-}")|$(link domain "${3:-}")|$(link default-route "${3:-}")"
	echo "$now"
	[ "$now" = "$1|$2|no" ]
}
# is ADDRESS COMMAND…: the command prints the address, as a word of its own.
is() {
	local address=$1 text
	shift
	text=$("$@") || return
	printf '%s\n' "$text"
	tr -s ' \t' '\n' <<<"$text" | grep -qxF "$address"
}
# resolves WHAT NAME ADDRESS: by each of the ways in which programs ask resolved. The name of a
# container follows its lease.
resolves() {
	expect "$1: resolvectl resolves $2" eventually is "$3" resolvectl query --cache=no "$2"
	expect "$1: nss-resolve resolves $2" is "$3" getent -s hosts:resolve ahostsv4 "$2"
	expect "$1: the stub listener resolves $2" is "$3" getent -s hosts:dns ahostsv4 "$2"
	expect "$1: a program resolves $2" is "$3" getent ahostsv4 "$2"
}

# untouched: the bridge has no setting in resolved, as before berth-net.
untouched() {
	resolvectl --no-pager status lxcbr0
	routes '' '' && [ "$(link llmnr)" = yes ] \
		&& [ ! -e "/run/systemd/resolve/netif/$(cat /sys/class/net/lxcbr0/ifindex)" ]
}

# multicast: how many packets of LLMNR went to containers.
multicast() { nft list table inet seen | sed -n 's/.* packets \([0-9]*\) .*/\1/p'; }

after_boot() {
	local address key
	upstream
	expect "resolved is active" systemctl -q is-active systemd-resolved.service
	expect "berth-net is active" systemctl -q is-active berth-net.service
	expect "resolved has the route after the boot" routes 10.0.3.1 '~lxc'
	expect "status names resolved" \
		holds 'berth-net status | grep -q "names on this host: resolved by systemd-resolved"'
	equal "the plan is empty" "$(berth-net plan)" ""

	expect "alice creates a container" new_container alice web
	address=$(start_container alice web)
	expect "the name of the container resolves after its lease" eventually is "$address" \
		resolvectl query --cache=no web.alice.lxc
	resolves "first container" web.alice.lxc "$address"
	expect "the address of the container resolves" \
		is "$address:" resolvectl query --cache=no "$address"
	expect "the address of the container resolves to web.alice.lxc" \
		holds 'resolvectl query --cache=no '"$address"' | grep -q web.alice.lxc'
	resolves "name of another server" www.example.net 192.0.2.99
	for key in nothere.example.net lxc.example.net web.alice.notlxc web; do
		refute "$key does not exist" resolvectl query --cache=no "$key"
	done
	refute "a name that no container has does not resolve" \
		resolvectl query --cache=no nothere.alice.lxc
	expect "the server of the network was asked for a name of the network" \
		asked $containers nothere.alice.lxc
	for key in web.alice.lxc nothere.alice.lxc; do
		refute "the upstream server was not asked for $key" asked $upstream "$key"
	done
	for key in www.example.net nothere.example.net lxc.example.net web.alice.notlxc web; do
		refute "the server of the network was not asked for $key" asked $containers "$key"
	done
	expect "the upstream server was asked for a name outside the network" \
		asked $upstream lxc.example.net
	expect "the container resolves names through the host" \
		is 192.0.2.99 as alice lxc-attach -n web -- /bin/busybox nslookup www.example.net

	# Options of the host that apply to each server, or to each link.
	for key in DNSOverTLS DNSSEC LLMNR; do
		printf '%s\n' '[Resolve]' $key=yes >/etc/systemd/resolved.conf.d/strict.conf
		systemctl restart systemd-resolved.service
		resolves "$key=yes" web.alice.lxc "$address"
	done
	# LLMNR=yes
	nft add table inet seen
	nft add chain inet seen output '{ type filter hook output priority 0; }'
	nft add rule inet seen output oifname lxcbr0 udp dport 5355 counter
	refute "with LLMNR on, but not on the bridge, the name printer does not resolve" \
		resolvectl query --cache=no printer
	equal "containers are not asked for names without a domain" "$(multicast)" 0
	resolvectl llmnr lxcbr0 yes
	refute "with LLMNR on the bridge, the name printer does not resolve" \
		resolvectl query --cache=no printer
	expect "with LLMNR on the bridge, containers are asked" [ "$(multicast)" -gt 0 ]
	resolvectl llmnr lxcbr0 no
	nft delete table inet seen
	rm /etc/systemd/resolved.conf.d/strict.conf

	systemctl restart systemd-resolved.service
	expect "resolved has the route after its restart" routes 10.0.3.1 '~lxc'
	resolves "after a restart of resolved" web.alice.lxc "$address"
	systemctl stop systemd-resolved.service
	rm -rf /run/systemd/resolve
	systemctl start systemd-resolved.service
	expect "the route is restored if resolved loses it" eventually routes 10.0.3.1 '~lxc'
	resolves "after the route was restored" web.alice.lxc "$address"
	resolvectl revert lxcbr0
	expect "the route is restored if it is removed" eventually routes 10.0.3.1 '~lxc'
	ip link delete lxcbr0
	expect "the route is restored with a deleted bridge" eventually routes 10.0.3.1 '~lxc'
	expect "names resolve after the bridge is restored" \
		eventually is "$address" resolvectl query --cache=no web.alice.lxc

	settings 'LXC_DOMAIN="berth.test"' 'LXC_DNS_PORT="5353"'
	expect "berth-net can be reloaded with another domain and port" \
		systemctl reload berth-net.service
	expect "the route has the new domain and port" routes 10.0.3.1:5353 '~berth.test'
	expect "the name has the new domain" eventually is "$address" \
		resolvectl query --cache=no web.alice.berth.test
	resolves "another domain" web.alice.berth.test "$address"
	refute "the name in the former domain is gone" resolvectl query --cache=no web.alice.lxc
	settings 'LXC_HOST_DNS="false"'
	expect "berth-net can be reloaded without a route" systemctl reload berth-net.service
	expect "resolved has no setting of the bridge without a route" untouched
	resolvectl dns lxcbr0 192.0.2.9
	resolvectl domain lxcbr0 '~corp'
	settings
	expect "berth-net can be reloaded with an administrator's route" \
		systemctl reload berth-net.service
	expect "the administrator's route is kept" routes 192.0.2.9 '~corp'
	expect "the journal warns of the administrator's route" \
		holds 'journalctl -u berth-net.service | grep -q "already has settings"'
	resolvectl revert lxcbr0
	expect "names are routed once the administrator's route is removed" \
		eventually routes 10.0.3.1 '~lxc'
	resolves "without the administrator's route" web.alice.lxc "$address"

	# With a container, the bridge stays.
	expect "berth-net can be stopped with a container on the bridge" berth-net stop
	expect "resolved has no setting of the bridge" untouched
	equal "resolved has saved no state of the bridge" "$(ls /run/systemd/resolve/netif)" ""
	refute "the host does not resolve the name after stop" getent hosts web.alice.lxc
	resolves "after stop" www.example.net 192.0.2.99
	expect "the container can be stopped" as alice lxc-stop -k -n web
	systemctl restart berth-net.service
	expect "the route is back when berth-net is started again" routes 10.0.3.1 '~lxc'
}

after_boot_2() {
	upstream
	expect "both services are active after the boot" \
		systemctl -q is-active systemd-resolved.service berth-net.service
	expect "resolved has the route after the second boot" routes 10.0.3.1 '~lxc'
	refute "a container that is not running has no name" resolvectl query --cache=no web.alice.lxc
	resolves "after a boot" web.alice.lxc "$(start_container alice web)"
	systemctl stop systemd-resolved.service
	systemctl mask --runtime systemd-resolved.service
	expect "berth-net can be stopped without resolved" timeout 30 berth-net stop
	expect "berth-net can be started without resolved" timeout 60 berth-net start
	systemctl unmask --runtime systemd-resolved.service
	expect "resolved can be started" eventually systemctl start systemd-resolved.service
	expect "names are routed after resolved has started" eventually routes 10.0.3.1 '~lxc'
	expect "the container can be stopped after the boot" as alice lxc-stop -k -n web
	expect "the container's NIC is removed" \
		eventually holds '[ -z "$(ls /sys/class/net/lxcbr0/brif)" ]'
	expect "berth-net can be stopped" systemctl stop berth-net.service
	refute "stop removes the bridge" [ -e /sys/class/net/lxcbr0 ]
	equal "resolved has saved no state of the removed bridge" "$(ls /run/systemd/resolve/netif)" ""

	# systemd-networkd passes the settings of its links to resolved.
	mkdir -p /etc/systemd/system/systemd-networkd.service.d
	printf '[Service]\nReadOnlyPaths=/sys\n' \
		>/etc/systemd/system/systemd-networkd.service.d/sys.conf
	printf '%s\n' '[NetDev]' Name=br5 Kind=bridge >/etc/systemd/network/br5.netdev
	printf '%s\n' '[Match]' Name=br5 '[Network]' ConfigureWithoutCarrier=yes Address=10.0.3.1/24 \
		>/etc/systemd/network/br5.network
	systemctl daemon-reload
	systemctl start systemd-networkd.service
	expect "networkd creates a bridge with its address" \
		eventually holds 'ip address show br5 | grep -q 10.0.3.1'
	settings 'LXC_BRIDGE="br5"'
	expect "berth-net can be started on the bridge of networkd" systemctl start berth-net.service
	expect "resolved has the route through the bridge of networkd" \
		eventually routes 10.0.3.1 '~lxc' br5
	equal "the plan is empty on the bridge of networkd" "$(berth-net plan)" ""
	sed -i s/lxcbr0/br5/ /etc/lxc/lxc-usernet /home/alice/.local/share/lxc/web/config
	resolves "on the bridge of networkd" web.alice.lxc "$(start_container alice web)"
	expect "the container can be stopped on the bridge of networkd" as alice lxc-stop -k -n web
	expect "the container's NIC on the bridge of networkd is removed" \
		eventually holds '[ -z "$(ls /sys/class/net/br5/brif)" ]'
	expect "berth-net can be stopped on the bridge of networkd" systemctl stop berth-net.service
	expect "the route through the bridge of networkd is removed" eventually routes '' '' br5
	expect "stop keeps the bridge of networkd" ip link show br5
}
