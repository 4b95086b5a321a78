# `check`, `plan` and `reload` warn of changes that harm running containers or programs of the host,
# and name them. `reload` does so before it changes anything.
lab_outside
mkdir -p /run/lxc
echo | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
lab_lease web
echo 'alice veth lxcbr0 vweb' >/run/lxc/nics
echo 'alice veth lxcbr0 1' >/etc/lxc/lxc-usernet
warned() { # warned PATTERN: each of the three subcommands prints such a warning
	for verb in check plan reload; do
		"$BERTH_NET" $verb >/run/out 2>/run/warnings
		expect "$verb warns: $1" grep -q "warning: .*$1" /run/warnings
	done
}
quiet() { # quiet WHAT
	"$BERTH_NET" check >/run/out 2>/run/warnings
	equal "$1: no warning" "$(cat /run/warnings)" ""
}
quiet "nothing changes"

# strace shows that the warning comes before the change.
echo 'LXC_ADDR=10.0.3.254' | lab_settings
strace -e trace=write,sendto -o /run/trace "$BERTH_NET" reload >/dev/null 2>&1
first() { grep -n "$1" /run/trace | head -n 1 | cut -d: -f1; }
expect "reload warns before it changes anything" \
	[ "$(first 'write(2, "berth-net: warning: the IPv4')" -lt "$(first 'RTM_NEWADDR')" ]
echo | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1

address=$(lab_address web)
who="vweb (alice) (leases: web $address)"
echo 'LXC_NETWORK=10.0.9.0/24' | lab_settings
warned "the IPv4 range of lxcbr0 changes from 10.0.3.0/24 to 10.0.9.0/24.*$who"
lab_lease web
address=$(lab_address web)
who="vweb (alice) (leases: .*web $address)"
echo 'LXC_NETWORK=10.0.9.0/24 LXC_ADDR=10.0.9.77' | lab_settings
warned "the IPv4 address of lxcbr0 changes from 10.0.9.1 to 10.0.9.77.*$who"
echo 'LXC_NETWORK=10.0.9.0/24 LXC_ADDR=10.0.9.77 LXC_BRIDGE_MTU=1400' | lab_settings
warned "the MTU of lxcbr0 shrinks from 1500 to 1400.*$who"
echo 'LXC_NETWORK=10.0.9.0/24 LXC_ADDR=10.0.9.77 LXC_BRIDGE_MTU=1400 LXC_IPV6_ENABLE=false' |
	lab_settings
warned "IPv6 is removed from lxcbr0.*$who"
echo 'LXC_NETWORK=10.0.9.0/24 LXC_ADDR=10.0.9.77 LXC_IPV6_ENABLE=false LXC_DHCP=false' |
	lab_settings
warned "lxcbr0 no longer has DHCP.*$who"
echo 'LXC_IPV6_ENABLE=false' | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1
lab_lease web
address=$(lab_address web)

# A program of the host listens on a forwarded port.
python3 -m http.server 8022 --bind 0.0.0.0 >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
python3 -m http.server 8023 --bind 127.0.0.1 >/dev/null 2>&1 &
lab_servers="$lab_servers $!"
for port in 8022 8023; do
	for _ in $(seq 100); do
		! ss -Hltn "sport = :$port" | grep -q . || break
		sleep 0.1
	done
done
forward() { echo "LXC_IPV6_ENABLE=false LXC_FORWARDS=\"$1\" $2" | lab_settings; }
forward "tcp:8000-8100=$address"
warned "takes port 8022 from python3 (process [0-9]*), which listens on it"
forward "tcp:192.0.2.1:8022=$address"
warned "takes port 8022 from python3"
forward "udp:8022=$address"
quiet "a forward of another protocol"
forward "tcp:8023=$address"
quiet "a program that listens on loopback only"

# Forwards and reservations that no container uses.
forward "tcp:80=10.0.3.222:80"
warned "leads to 10.0.3.222, which no container has: reserve"
forward "tcp:80=10.0.3.222:80" "LXC_DHCP_HOSTS=web,10.0.3.222"
quiet "the address of the forward is reserved"
forward "" "LXC_DHCP_HOSTS=nobody,10.0.3.222"
warned 'no container on lxcbr0 has asked .*"nobody,10.0.3.222"'
forward "" "LXC_DHCP_HOSTS=aa:bb:cc:00:00:02,$address"
warned "\"aa:bb:cc:00:00:02,$address\" has no effect yet: the address is leased to .* (web)"
forward "" "LXC_DHCP=false LXC_DHCP_HOSTS=web,10.0.3.222"
warned "LXC_DHCP_HOSTS: LXC_DHCP is false"

ip link del vweb
echo 'LXC_NETWORK=10.0.10.0/24' | lab_settings
quiet "the network moves without containers"
expect "stop succeeds" "$BERTH_NET" stop
