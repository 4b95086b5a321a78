# The names of users' containers come from berth-net, and not from what the containers send. Leases
# of containers that have stopped are released.
lab_outside
lab_users
hostname myhost
rm -f /etc/resolv.conf
: >/etc/resolv.conf
lab_settings <<-'END'
	LXC_DHCP_HOSTS="alice/db,10.0.3.9 old,10.0.3.11"
	LXC_DHCP_CONFILE=/etc/lxc/dnsmasq.conf
END
mkdir -p /etc/lxc
echo 'dhcp-host=02:00:00:00:00:07,vm7,10.0.3.12' >/etc/lxc/dnsmasq.conf
leases=/var/lib/misc/dnsmasq.lxcbr0.leases
told() { python3 "$LAB/echo.py" resolve "$1" 10.0.3.1 2>/dev/null; }
reverse() { python3 "$LAB/echo.py" reverse "$1" 10.0.3.1 2>/dev/null; }
soon() { # soon COMMAND…: within ten seconds
	for _ in $(seq 100); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	return 1
}
becomes() { # becomes NAME ADDRESS
	lab_name=$1 lab_wanted=$2
	soon is_told
}
is_told() { [ "$(told "$lab_name")" = "$lab_wanted" ]; }
lease() { # lease NAMESPACE [OPTION…]: checks that `lab_lease` succeeds
	expect "$1 gets a lease" lab_lease "$@"
}
gone() { ! grep -q " $1 " "$leases"; }

"$BERTH_NET" run 2>/run/log &
service=$!
lab_servers="$lab_servers $service"
expect "berth-net run brings the network up" soon "$BERTH_NET" status
expect "status says who updates names" sh -c '"$1" status | grep -q \
	"names: managed, in the domain lxc, kept up to date by berth-net run"' - "$BERTH_NET"
equal "a reserved name is served before its container runs" \
	"$(told db.alice.lxc) $(told db.lxc) $(told db)" "10.0.3.9 10.0.3.9 10.0.3.9"
equal "unknown names of the domain are not forwarded" "$(told nosuch.lxc)" ""

# Names of a container appear with its lease, in both directions.
lab_nic web alice web
lease web -x hostname:evil
web=$(lab_address web)
expect "web has its name" becomes web.lxc "$web"
equal "web has the name that contains its user" "$(told web.alice.lxc) $(told web)" "$web $web"
equal "reverse lookups return one name" "$(reverse "$web")" web.alice.lxc
equal "the host name that web sends is not served" "$(told evil)$(told evil.lxc)" ""

expect "status names the container" sh -c \
	'"$1" status | grep -q "containers: nweb (alice/web, $2)"' - "$BERTH_NET" "$web"
"$BERTH_NET" status --json >/run/status
expect "status --json names the container" python3 - "$web" <<'PYTHON'
import json
import sys

status = json.load(open("/run/status"))
assert status["version"] == 1
network = status["networks"][0]
assert network["names"] == {"mode": "managed", "domain": "lxc", "isContinuous": True}
container = {"port": "nweb", "container": "alice/web", "address": sys.argv[1]}
assert network["containers"] == [container], network["containers"]
PYTHON

# The same name of another user's container is the user's own, and does not move.
lab_nic bobweb bob web
lease bobweb -x hostname:web
bobweb=$(lab_address bobweb)
expect "bob's web has a name that contains bob" becomes web.bob.lxc "$bobweb"
equal "web.lxc is still alice's" "$(told web.lxc) $(told web)" "$web $web"
expect "berth-net run logs that bob's web does not get web.lxc" grep -q \
	'web.lxc belongs to alice/web, so bob/web has only the name web.bob.lxc' /run/log
lab_nic bobdb bob db
lease bobdb -x hostname:db
expect "bob's db has a name that contains bob" becomes db.bob.lxc "$(lab_address bobdb)"
equal "db.lxc stays alice's, although alice's container is not running" "$(told db.lxc)" 10.0.3.9

# A restart keeps the names, even if another container waits for them.
for _ in 1 2 3; do
	ip link del nweb
	sleep 0.3
	equal "web.lxc stays alice's during a restart" "$(told web.lxc)" "$web"
	lab_nic web alice web
	lease web
	equal "web keeps its address during a restart" "$(lab_address web)" "$web"
done
sleep 0.5
equal "the names of both containers are the same after web's restarts" \
	"$(told web.lxc) $(told web.bob.lxc)" "$web $bobweb"
"$BERTH_NET" restart >/dev/null 2>&1
equal "a restart of dnsmasq keeps the names" "$(told web.lxc) $(told web.bob.lxc)" "$web $bobweb"

# A container gets none of the host names and FQDNs that it sends: reserved names, names of others
# or of the host, or free names.
lab_nic thief bob thief
for name in web db vm7 old gateway host wpad isatap localhost free; do
	ip -n thief addr flush dev eth0
	lease thief -x "hostname:$name" -F "$name.lxc"
	sleep 0.2
	refute "$name is not the thief's" [ "$(told "$name.lxc")" = "$(lab_address thief)" ]
	refute "$name without a domain is not the thief's" \
		[ "$(told "$name")" = "$(lab_address thief)" ]
done
expect "the thief has its own name" becomes thief.bob.lxc "$(lab_address thief)"
equal "the thief has no other name" "$(reverse "$(lab_address thief)")" thief.bob.lxc
refute "a reservation by host name does not apply to the thief" \
	[ "$(lab_address thief)" = 10.0.3.11 ]

# Other clients keep their names, unless those are reserved or belong to a container.
lab_container vm
lease vm
expect "another client registers its name" becomes vm.lxc "$(lab_address vm)"
ip -n vm addr flush dev eth0
lease vm -x hostname:web
sleep 0.3
equal "another client does not get the name of a container" "$(told web.lxc)" "$web"
for name in gateway wpad; do
	ip -n vm addr flush dev eth0
	lease vm -x "hostname:$name"
	sleep 0.2
	equal "another client does not get the reserved name $name" \
		"$(told "$name.lxc")$(told "$name")" ""
done
ip -n vm addr flush dev eth0
lease vm -x hostname:old
equal "a reservation by host name applies to another client" "$(lab_address vm)" 10.0.3.11
lab_nic vmweb alice old
lease vmweb
expect "a container with the name of another client has its name with the user" \
	becomes old.alice.lxc "$(lab_address vmweb)"
equal "a container does not take the name of another client" "$(told old.lxc)" 10.0.3.11
lab_nic vm7 alice vm7
lease vm7
expect "a container whose name dnsmasq's configuration assigns has it with the user" \
	becomes vm7.alice.lxc "$(lab_address vm7)"
refute "a container does not take a name that dnsmasq's configuration assigns" \
	[ "$(told vm7.lxc)" = "$(lab_address vm7)" ]

# Names that are not DNS labels, and containers with several NICs.
lab_nic odd alice 'My_Shop.2'
lease odd
expect "a name becomes a label" becomes my-shop-2.lxc "$(lab_address odd)"
lab_nic odd2 alice 'my-shop-2'
lease odd2
expect "a collision is reported" soon grep -q \
	'alice/My_Shop.2 and alice/my-shop-2 would both be my-shop-2.alice.lxc' /run/log
equal "a collision does not change the name of the first container" \
	"$(told my-shop-2.lxc)" "$(lab_address odd)"
lab_nic second alice web 1
lease second
expect "the second NIC of web has the name 1.web" becomes 1.web.alice.lxc "$(lab_address second)"
equal "the name web is that of its first NIC" "$(told web.alice.lxc)" "$web"
lab_nic gw alice gateway
lease gw
expect "a container called gateway has its name with the user" \
	becomes gateway.alice.lxc "$(lab_address gw)"
equal "a container called gateway does not take the name gateway" \
	"$(told gateway.lxc)$(told gateway)" ""

# A container that does not come back: its lease and its names are released after 30 s, and the
# name goes to the next one. Other leases are not touched.
others=$(grep -v " $web " "$leases" | grep -v 'b2:bf' | sort)
ip link del nweb
ended=$(date +%s)
for _ in $(seq 450); do
	! gone "$web" || break
	sleep 0.1
done
waited=$(($(date +%s) - ended))
expect "the lease of a stopped container is released" gone "$web"
expect "the lease is released after 30 s at the earliest ($waited)" [ "$waited" -ge 29 ]
expect "the lease is released after 35 s at the latest ($waited)" [ "$waited" -le 35 ]
expect "web.lxc is now bob's" becomes web.lxc "$bobweb"
equal "web.alice.lxc is gone" "$(told web.alice.lxc)" ""
equal "leases of others stay" "$(grep -v 'b2:bf' "$leases" | sort)" "$others"
expect "bob's lease stays" grep -q " $bobweb " "$leases"

# Without run: names are updated at start and reload, and status says so.
kill "$service"
wait "$service"
expect "status says that names are updated by start and reload only" sh -c '"$1" status | grep -q \
	"names: managed, in the domain lxc, updated by start and reload only"' - "$BERTH_NET"
lab_nic late alice late
lease late
sleep 0.3
equal "without berth-net run, a new name is not published at once" "$(told late.lxc)" ""
ip link del nbobweb
expect "reload succeeds" "$BERTH_NET" reload
equal "reload publishes the new name" "$(told late.lxc)" "$(lab_address late)"
sleep 0.3
expect "reload releases the lease of a stopped container at once" gone "$bobweb"
equal "reload removes the name of a stopped container" "$(told web.bob.lxc)" ""

# LXC_DNS_NAMES=client: as before, a client's name is what it sends.
echo LXC_DNS_NAMES=client | lab_settings
expect "reload succeeds with LXC_DNS_NAMES=client" "$BERTH_NET" reload
lease late -x hostname:anything
equal "a container registers its name" "$(told anything)" "$(lab_address late)"
equal "with LXC_DNS_NAMES=client, a container has no name but the one that it sends" \
	"$(told late.lxc)" ""
expect "status says that clients send the names" \
	sh -c '"$1" status | grep -q "names: as clients send them"' - "$BERTH_NET"
for port in /sys/class/net/n* /sys/class/net/vvm; do ip link del "${port##*/}"; done
expect "stop succeeds" "$BERTH_NET" stop
refute "stop removes the directory of names" test -e /run/lxc/dnsmasq.lxcbr0.names.d
