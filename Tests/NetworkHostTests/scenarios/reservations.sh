# Reservations and forwards by USER/NAME: the address is known before the container runs, is the
# same in both blocks of hardware addresses, and cannot be taken by what another client sends.
lab_outside
lab_users
lab_settings <<-'END'
	LXC_DHCP_HOSTS="alice/web,10.0.3.9 alice/web:1,10.0.3.10 db,10.0.3.11"
	LXC_FORWARDS="tcp:8080=alice/web:80 tcp:8081=alice/web:1:80"
END
refute "no key exists before start" test -e /etc/lxc/berth.key
expect "check succeeds without a key" "$BERTH_NET" check
refute "check creates no key" test -e /etc/lxc/berth.key
equal "plan lists the reserved hardware addresses" "$("$BERTH_NET" plan | grep hardware)" \
	"+ hardware addresses reserved for containers (4)"
expect "start succeeds" "$BERTH_NET" start
equal "start creates a key that only root can read" \
	"$(stat -c '%u %a %s' /etc/lxc/berth.key)" "0 600 32"
tail0=$(python3 "$LAB/identity.py" lxcbr0 2001 web)
tail1=$(python3 "$LAB/identity.py" lxcbr0 2001 web 1)
equal "the file for berth-nic contains the reserved addresses" "$(cat /run/lxc/berth-reserved)" \
	"lxcbr0 b2:be:$tail0 2001 0 web
lxcbr0 b2:bf:$tail0 2001 0 web
lxcbr0 b2:be:$tail1 2001 1 web
lxcbr0 b2:bf:$tail1 2001 1 web"
equal "only root can read the file for berth-nic" \
	"$(stat -c '%u %a' /run/lxc/berth-reserved)" "0 600"
expect "the plan is empty after start" "$BERTH_NET" plan

# The address stays the same across restarts, whatever the line grants and the client sends.
try=0
for block in bf be bf be; do
	try=$((try + 1))
	lab_nic web alice web 0 $block
	expect "web gets a lease ($block)" lab_lease web -x "0x3d:ff0000000$try" -x "hostname:name$try"
	equal "start $try in block $block: web gets the reserved address" "$(lab_address web)" 10.0.3.9
	equal "web has one lease ($try)" "$(grep -c ' 10.0.3.9 ' /var/lib/misc/dnsmasq.lxcbr0.leases)" 1
	ip link del nweb
done
lab_nic web alice web
expect "web gets a lease" lab_lease web
lab_nic web1 alice web 1
expect "the second NIC of web gets a lease" lab_lease web1
equal "the second NIC of web gets the address that is reserved for it" \
	"$(lab_address web1)" 10.0.3.10
lab_echo web tcp 80
lab_echo web1 tcp 80
equal "port 8080 is forwarded to web" "$(asks outside tcp 192.0.2.1 8080)" 192.0.2.2
equal "port 8081 is forwarded to web's second NIC" "$(asks outside tcp 192.0.2.1 8081)" 192.0.2.2
expect "status shows the forward as written" sh -c \
	'"$1" status | grep -q "forwards: tcp:8080=alice/web:80 tcp:8081=alice/web:1:80"' - "$BERTH_NET"

# bob's container cannot get the address of alice's container by sending its host name or client
# identifier, or by asking for the address, neither while that container runs nor while it is down.
theft() { # theft WHEN
	lab_nic thief bob web
	for claim in "-x hostname:web" "-x 0x3d:01$(echo "b2bf$tail0" | tr -d :)" "-r 10.0.3.9" \
		"-x 0x3d:ff00000001 -x hostname:web -r 10.0.3.9"; do
		# shellcheck disable=SC2086
		expect "bob's container gets a lease ($1, $claim)" lab_lease thief $claim
		refute "bob's container does not get alice's lease ($1, $claim)" \
			[ "$(lab_address thief)" = 10.0.3.9 ]
	done
	ip link del nthief
}
theft "while web runs"
equal "web's lease is still web's" \
	"$(awk '$3 == "10.0.3.9" { print $2 }' /var/lib/misc/dnsmasq.lxcbr0.leases)" "b2:bf:$tail0"
ip link del nweb
theft "while web is down"

# A client does not get the lease of another client whose identifier it sends.
lab_container one
lab_container two
expect "one gets a lease" lab_lease one -x 0x3d:ff42424242
expect "two gets a lease with the identifier of one" lab_lease two -x 0x3d:ff42424242
refute "two does not get the address of one" [ "$(lab_address two)" = "$(lab_address one)" ]
was=$(lab_address one)
expect "one renews its lease with another identifier" lab_lease one -x 0x3d:ff43
equal "one keeps its address with another identifier" "$(lab_address one)" "$was"

# An address that another client leases: plan says that the reservation has no effect yet.
sed -i "s/alice.web,10.0.3.9/alice\/web,$was/" /etc/default/lxc-net
"$BERTH_NET" plan >/dev/null 2>/run/warnings
expect "plan warns that the reservation has no effect yet" \
	grep -q "\"alice/web,$was\" has no effect yet: the address is leased to .*(one)" /run/warnings

# The error message names the line of a refused setting, and nothing is changed.
refused() { # refused SETTING PATTERN
	printf '# one\n%s\n' "$1" | lab_settings
	"$BERTH_NET" reload >/run/out 2>&1
	equal "$1 is refused" "$?" 1
	expect "reload says why it refuses $1" grep -q "/etc/default/lxc-net:2: $2" /run/out
}
state=$(lab_state)
refused 'LXC_DHCP_HOSTS=nobodyelse/web,10.0.3.9' 'LXC_DHCP_HOSTS: .*who does not exist'
refused 'LXC_FORWARDS=tcp:80=alice/web:80' 'LXC_FORWARDS: .*add "alice/web,10.0.3.2" to LXC_DHCP'
equal "refused settings change nothing" "$(lab_state)" "$state"

# A key that others can read is not used: check succeeds, with a warning.
chmod 644 /etc/lxc/berth.key
echo 'LXC_DHCP_HOSTS=alice/web,10.0.3.9' | lab_settings
"$BERTH_NET" check >/dev/null 2>/run/warnings
equal "check succeeds with a key that others can read" "$?" 0
expect "check names the setting that needs the key" \
	grep -q 'lxc-net:1: LXC_DHCP_HOSTS: .*alice/web.*berth.key.*chmod 600' /run/warnings
chmod 600 /etc/lxc/berth.key
"$BERTH_NET" check >/dev/null 2>/run/warnings
refute "check does not warn once the mode of the key is restored" grep -q berth.key /run/warnings

rm /run/lxc/berth-reserved
expect "reload succeeds" "$BERTH_NET" reload
expect "reload restores the list of reserved hardware addresses" \
	grep -q "b2:bf:$tail0" /run/lxc/berth-reserved
for port in nweb1 vone vtwo; do ip link del $port; done
expect "stop succeeds" "$BERTH_NET" stop
refute "stop removes the list of reserved hardware addresses" test -e /run/lxc/berth-reserved
expect "stop keeps the key" test -s /etc/lxc/berth.key
