# The names of the host that containers can resolve. The host's own name has the address of the
# bridge. Other lines of /etc/hosts are served, except loopback addresses. Changes of the file take
# effect.
lab_outside
[ "$(readlink /proc/self/ns/uts)" != "$(readlink /proc/1/ns/uts)" ] || skip "no UTS namespace"
hostname myhost
# dnsmasq must ask no other name server.
rm -f /etc/resolv.conf
: >/etc/resolv.conf
hosts() {
	cat >/etc/hosts <<-END
		127.0.0.1 localhost
		127.0.1.1 myhost.example.org myhost
		::1 localhost ip6-localhost
		127.0.0.1 dev.test
		$1
	END
}
# told NAME: prints the address that a container gets for the name, or nothing.
told() { ip netns exec web python3 "$LAB/echo.py" resolve "$1" 10.0.3.1 2>/dev/null; }
becomes() { # becomes NAME ADDRESS
	for _ in $(seq 50); do
		[ "$(told "$1")" != "$2" ] || return 0
		sleep 0.1
	done
	return 1
}
hosts "192.0.2.7 printer Other"
echo 'LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
lab_lease web
equal "the host's own name is the bridge's address" "$(told myhost)" 10.0.3.1
equal "the host's name with its domain is the bridge's address" \
	"$(told myhost.example.org)" 10.0.3.1
equal "the other lines of the hosts file are served" \
	"$(told printer) $(told other)" "192.0.2.7 192.0.2.7"
equal "other names of loopback addresses are not served" "$(told dev.test)" ""
equal "no loopback address but that of localhost is served" \
	"$(grep '^127\|^::1' /run/lxc/dnsmasq.lxcbr0.names)" "127.0.0.1 localhost localhost.lxc
::1 localhost localhost.lxc"
equal "containers resolve each other" "$(told web)" "$(lab_address web)"
expect "the host's name has the IPv6 address of the bridge" \
	grep -q '^fd42:1::1 myhost.example.org myhost myhost.lxc$' \
	/run/lxc/dnsmasq.lxcbr0.names
expect "the plan is empty" "$BERTH_NET" plan

hosts "192.0.2.8 printer"
expect "status does not report a change of the file as missing" "$BERTH_NET" status
equal "plan and reload see a change" "$("$BERTH_NET" reload 2>&1)" \
	"~ lxcbr0: hosts file with this host's names and those of /etc/hosts (5)
~ lxcbr0: dnsmasq rereads its files"
expect "containers get the changed address" becomes printer 192.0.2.8
equal "a removed name no longer resolves" "$(told other)" ""

# The running service notices at once if the file is rewritten, replaced, or changed through a
# symbolic link.
"$BERTH_NET" run 2>/run/run.log &
service=$!
lab_servers="$lab_servers $service"
for _ in $(seq 100); do
	! "$BERTH_NET" status >/dev/null 2>&1 || break
	sleep 0.1
done
sleep 1
hosts "192.0.2.9 printer"
expect "a file that is rewritten takes effect at once" becomes printer 192.0.2.9
sed 's/192.0.2.9/192.0.2.10/' /etc/hosts >/etc/hosts.new && mv /etc/hosts.new /etc/hosts
expect "a file that is replaced takes effect at once" becomes printer 192.0.2.10
mkdir -p /run/static
sed 's/192.0.2.10/192.0.2.11/' /etc/hosts >/run/static/hosts
ln -sf /run/static/hosts /etc/hosts
expect "a symbolic link that replaces the file takes effect at once" becomes printer 192.0.2.11
sed -i 's/192.0.2.11/192.0.2.12/' /run/static/hosts
expect "a change behind a symbolic link takes effect at once" becomes printer 192.0.2.12
rm /etc/hosts
expect "the removal of the file takes effect at once" becomes printer ""
equal "the host's name remains" "$(told myhost)" 10.0.3.1
kill "$service"
wait "$service"

# No container can take these names, not even in the domain of the network.
hosts "192.0.2.7 printer"
echo 'LXC_DOMAIN=lxc' | lab_settings
expect "reload succeeds with a domain" "$BERTH_NET" reload
lab_container thief
for name in localhost myhost printer other; do
	ip -n thief addr flush dev eth0
	lab_lease thief -x "hostname:$name"
	equal "a container gets the name $name only if no name of the host is the same" \
		"$name $(told "$name") $(told "$name.lxc")" \
		"$name $(case $name in
			localhost) echo 127.0.0.1 127.0.0.1 ;;
			myhost) echo 10.0.3.1 10.0.3.1 ;;
			printer) echo 192.0.2.7 192.0.2.7 ;;
			other) echo "$(lab_address thief) $(lab_address thief)" ;;
		esac)"
done
ip link del vthief

mkdir -p /etc/lxc
echo no-hosts >/etc/lxc/dnsmasq.conf
hosts "192.0.2.7 printer"
echo 'LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf' | lab_settings
expect "reload succeeds with no-hosts" "$BERTH_NET" reload
equal "no name of the host resolves" "$(told printer)$(told myhost)" ""
ip link del vweb
expect "stop succeeds" "$BERTH_NET" stop
refute "the file of names is gone" test -e /run/lxc/dnsmasq.lxcbr0.names
