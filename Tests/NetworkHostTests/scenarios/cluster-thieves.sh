# What a container can claim if its victim is on another host: the rows with "remote" of the table
# in lxc-usernet(5), with a static list of peers. The attackers are on host 2, the victims on host
# 1, and a third host watches. See cluster.sh.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
cluster_begin 1 2 3
for n in 1 2 3; do
	cluster_settings $n "1 2 3"
	expect "start on host $n" on $n "$BERTH_NET" start
	container $n "web$n" alice
	leased $n "web$n"
done

# known HOST: where the host's bridge has the hardware address of the victim.
known() { on "$1" bridge fdb show br lxcbr0 | grep -i "^$victim_mac .*master" | cut -d' ' -f3; }
# accepts HOST ADDRESS: the watcher of that host has the attacker's hardware address for it.
accepts() { on "$1" ip netns exec "web$1" ip neigh show "$2" | grep -qi "$thief_mac"; }
# The third host sends what is for the victim to the attacker's host.
moved() { on 3 bridge fdb show dev vx100 | grep -qi "^$victim_mac dst 192.0.2.2 "; }
# entry OWN THIRD: prints the entry of the table. OWN and THIRD are whether the victim's host and
# the third host accepted the claim.
entry() {
	if [ "$1" = yes ]; then echo yes; elif [ "$2" = yes ]; then echo third; else echo no; fi
}
answer() { if "$@"; then echo yes; else echo no; fi; }
watchers() { # watchers ADDRESS: both watchers have the victim's hardware address
	for watcher in 1 3; do
		on $watcher ip netns exec web$watcher ip neigh flush dev eth0
		on $watcher ip netns exec web$watcher ping -c 2 -i 0.3 -W 1 "$1" >/dev/null 2>&1
	done
	# The kernel ignores an ARP packet within a second of another (locktime).
	sleep 1.2
}
# thief USER: a container on host 2, with an address of its own.
thief() {
	container 2 thief "$1"
	if [ "$1" = dave ]; then at 2 lab_lease thief; else fixed 2 thief 10.88.103.1; fi
	thief_mac=$(hardware 2 thief)
}

# column WHICH ATTACKER VICTIM: prints the three rows.
column() {
	thief "$2"
	container 1 victim "$3"
	at 1 lab_lease victim
	victim_mac=$(hardware 1 victim)
	victim_ip=$(lease 1 victim)
	for _ in $(seq 50); do [ -z "$(global6 1 victim)" ] || break; sleep 0.2; done
	victim_ip6=$(global6 1 victim)
	[ -z "${unfiltered:-}" ] || on 2 nft delete table bridge berth

	watchers "$victim_ip"
	on 2 ip -n thief addr add "$victim_ip/16" dev eth0
	on 2 ip netns exec thief busybox arping -U -c 2 -I eth0 "$victim_ip" >/dev/null 2>&1
	sleep 0.5
	arp=$(entry "$(answer accepts 1 "$victim_ip")" "$(answer accepts 3 "$victim_ip")")
	on 2 ip -n thief addr del "$victim_ip/16" dev eth0

	watchers "$victim_ip6"
	on 2 ip -n thief -6 addr add "$victim_ip6/64" dev eth0 nodad
	for watcher in 1 3; do
		on 2 ip netns exec thief ping -6 -c 2 -i 0.3 -W 1 -I "$victim_ip6" \
			"$(global6 $watcher web$watcher)" >/dev/null 2>&1
	done
	nd=$(entry "$(answer accepts 1 "$victim_ip6")" "$(answer accepts 3 "$victim_ip6")")
	on 2 ip -n thief -6 addr del "$victim_ip6/64" dev eth0

	watchers "$victim_ip"
	on 2 ip -n thief link set eth0 down
	on 2 ip -n thief link set eth0 address "$victim_mac"
	on 2 ip -n thief link set eth0 up
	own=no
	third=no
	# The victim can send a frame at any time, which moves its address back.
	for _ in $(seq 5); do
		on 2 ip netns exec thief busybox arping -U -c 1 -I eth0 10.88.103.1 >/dev/null 2>&1
		[ "$(known 1)" != vx100 ] || own=yes
		! moved || third=yes
		[ $own = no ] || break
		sleep 0.1
	done
	mac=$(entry $own $third)
	end_container 2 thief
	end_container 1 victim
	on 2 "$BERTH_NET" reload >/dev/null
	echo "$1: $mac $arp $nd" | tee -a /run/columns
}
column none alice alice
column isolated bob bob
column macfilter carol alice
column victim alice dave
# As on a host without a line that grants ipfilter.
unfiltered=yes
column unfiltered alice dave
unfiltered=

# What reaches the attacker's host only is "host" in the table.
table() { # table COLUMN: the rows with "remote" of the page
	sed -n 's/^\.It \(.*, remote\) Ta /\1 Ta /p' "$LAB/../../man/lxc-usernet.5" |
		awk -F ' Ta ' -v column="$1" '{ printf "%s%s", sep, ($column == "host") ? "no" : $column
			sep = " " } END { print "" }'
}
number=2
for name in none isolated macfilter - victim; do
	[ $name = - ] ||
		equal "lxc-usernet(5) has the column $name" "$name: $(table $number)" \
			"$(grep "^$name:" /run/columns)"
	number=$((number + 1))
done
equal "third hosts accept more claims without the filter on the attacker's host" \
	"$(tail -n 1 /run/columns)" "unfiltered: third third no"
