# What a container can do to another one, for each option of lxc-usernet, as third parties see it:
# the host, a host outside, and containers with the same options as the victim. The table in
# lxc-usernet(5) has the result.
[ -n "$BERTH_NIC" ] || skip "no BERTH_NIC: run make"
lab_first_process thieves
# shellcheck source=Tests/NetworkHostTests/attacks.sh
. "$LAB/attacks.sh"
lab_outside
ip -n outside route add default via 192.0.2.1
lab_user plain
lab_user isolated isolated
lab_user mac macfilter
cat <<END | lab_settings
LXC_IPV6_ADDR=fd42::1
LXC_NAT=false
LXC_RPFILTER=false
$narrow_range
LXC_DHCP_HOSTS="plain/victim,10.0.3.11 isolated/ivictim,10.0.3.12 filtered/fvictim,10.0.3.13"
END
useradd filtered
expect "start succeeds" "$BERTH_NET" start

connect() { # connect CONTAINER…: waits until they have addresses
	for container; do expect "$container has a lease" lab_lease "$container"; done
	for container; do expect "$container has an IPv6 address" has_ipv6 "$container"; done
}
# column NAME KIND THIEF VICTIM OBSERVER…: fills a column of the table, for the running victim.
column() {
	lab_column=$1
	shift
	attack "/run/table.$lab_column" "$@"
}
for name in thief victim third; do lab_real_nic $name plain; done
for name in ithief ivictim ithird; do lab_real_nic $name isolated; done
lab_real_nic mthief mac
connect thief victim third ithief ivictim ithird mthief
column none neighbor thief victim victim third
column isolated neighbor ithief ivictim ivictim ithird
column macfilter neighbor mthief victim victim third

# The filter applies to all NICs of a network, so its columns come last.
sed -i '/^filtered/d' /etc/lxc/lxc-usernet
echo 'filtered veth lxcbr0 20 ipfilter' >>/etc/lxc/lxc-usernet
expect "reload succeeds" "$BERTH_NET" reload
for name in fthief fvictim fthird; do lab_real_nic $name filtered; done
# The filter learns the addresses of the other NICs from what they send.
ip -n victim link set eth0 down
ip -n victim link set eth0 up
connect victim
connect fthief fvictim fthird
column thief filtered fthief victim victim third
column victim neighbor thief fvictim fvictim fthird
column both filtered fthief fvictim fvictim fthird

columns="none isolated macfilter thief victim both"
directories() { for lab_column in $columns; do echo "/run/table.$lab_column$1"; done; }
# shellcheck disable=SC2046 # several directories
python3 "$LAB/attacks.py" table $(directories "") >/run/table

# Names: a thief sends the victim's as DHCP options, and gets a lease.
named() { # named LABEL THIEF VICTIM USER: prints a cell
	lab_lease "$2" -x "hostname:$3" -F "$3.lxc"
	"$BERTH_NET" reload >/dev/null
	for lab_name in "$3" "$3.lxc" "$3.$4.lxc"; do
		! resolves third "$lab_name" 10.0.3.1 "$(lab_address "$2")" || echo yes
	done | head -n 1 | grep . || echo no
}
"$BERTH_NET" reload >/dev/null
expect "the victim has its name" resolves third victim.lxc 10.0.3.1 10.0.3.11
expect "the filtered victim has its name, too" resolves third fvictim.lxc 10.0.3.1 10.0.3.13
echo ".It Take its name by DHCP Ta $(named none thief victim plain) Ta $(
	named isolated ithief ivictim isolated) Ta $(named macfilter mthief victim plain) Ta $(
	named thief fthief victim plain) Ta $(named victim thief fvictim filtered) Ta $(
	named both fthief fvictim filtered)" >>/run/table

# The victims stop. Their addresses are reserved, so no other container gets them by DHCP.
for name in victim ivictim fvictim; do lab_end_container $name; done
column none.down neighbor thief victim third
column isolated.down neighbor ithief ivictim ithird
column macfilter.down neighbor mthief victim third
column thief.down filtered fthief victim third
column victim.down neighbor thief fvictim fthird
column both.down filtered fthief fvictim fthird
# shellcheck disable=SC2046 # several directories
python3 "$LAB/attacks.py" table $(directories .down) >/run/table.down
stopped() { # stopped ROW: the row, while the victim is not running
	sed -n "s/^.It $1 Ta/.It $1, stopped Ta/p" /run/table.down
}
for row in "Use its hardware address" "Use its IPv4 address" "ARP for its address"; do
	stopped "$row" >>/run/table
done

# No attack by or on a container with ipfilter succeeds.
for column in 5 6 7; do
	equal "no attack succeeds with ipfilter, column $column" \
		"$(awk -F ' Ta ' -v column=$column '$column != "no"' /run/table)" ""
done
equal "18 attacks succeed without options" "$(awk -F ' Ta ' '$2 != "no"' /run/table | wc -l)" 18
# The rows with "remote" are about a victim on another host.
equal "lxc-usernet(5) has the table" \
	"$(sed -n '/^\.It Use its hardware/,/^\.El/p' "$LAB/../../man/lxc-usernet.5" |
		sed '/^\.It/!d; /, remote/d')" \
	"$(sed 's/ Ta [a-z]*$//' /run/table)"
