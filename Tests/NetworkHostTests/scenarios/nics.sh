# NICs of containers that a person or another program detaches, sets down, or deprives of the
# options that lxc-usernet grants them. The row in the ledger, the group and the alias are those of
# berth-nic.
lab_outside
mkdir -p /run/lxc
cat >/etc/lxc/lxc-usernet <<-'END'
	alice veth lxcbr0 9
	alice veth lxcbr0 9 isolated
	alice veth lxcbr0 9 macfilter
	alice veth lxcbr0 9 isolated macfilter
END
echo | lab_settings

# nic CONTAINER GROUP [BYTE]: a NIC of alice, v-CONTAINER, as berth-nic creates it. Without BYTE,
# its addresses are random, as in earlier versions. GROUP is 0 for a NIC of an earlier version.
nic() {
	ip netns add "$1"
	if [ -n "${3:-}" ]; then
		nic_inner=b2:bf:00:00:00:$3 nic_outer=fe:bf:00:00:00:$3
	else
		nic_inner=02:00:00:00:00:$((10 + $(ls /run/netns | wc -l))) nic_outer=fe:${nic_inner#*:}
	fi
	echo "alice veth lxcbr0 v-$1" >>/run/lxc/nics
	ip link add "v-$1" address "$nic_outer" type veth \
		peer name eth0 address "$nic_inner" netns "$1"
	set_group "v-$1" "$2"
	ip link set "v-$1" master lxcbr0
	echo "$nic_inner" >"/run/address.$1"
	case $2 in
		0 | 0xbe000000) ;;
		0xbe000001) bridge link set dev "v-$1" isolated on ;;
		*)
			bridge fdb add "$nic_inner" dev "v-$1" master static sticky
			bridge link set dev "v-$1" learning off locked on
			;;
	esac
	[ "$2" != 0xbe000003 ] || bridge link set dev "v-$1" isolated on
	[ "$2" = 0 ] || ip link set "v-$1" alias "lxc:alice/$1"
	ip link set "v-$1" addrgenmode none up
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
}
# ip accepts no group above 0x7fffffff.
set_group() { echo $(($2)) >"/sys/class/net/$1/netdev_group"; }
address() { ip -n "$1" addr replace "10.0.3.$2/24" dev eth0; }
# place CONTAINER: prints what berth-net restores.
place() {
	ip -o -d link show "v-$1" |
		grep -o 'master [^ ]*\|[<,]UP\| isolated o[nf]*\| locked o[nf]*\| learning o[nf]*'
	bridge fdb show dev "v-$1" | grep " static" | sort
}
# Usually takes less than a second; waits up to ten, because the machine may be busy.
soon() {
	for lab_try in $(seq 100); do
		[ "$(place "$1")" = "$2" ] && return 0
		sleep 0.1
	done
	return 1
}
# back CONTAINER WHEN: the NIC is attached again, with the options that it had
back() {
	expect "v-$1 has its bridge and its options again ($2)" soon "$1" "$(cat "/run/place.$1")"
	[ "$(place "$1")" = "$(cat "/run/place.$1")" ] || place "$1" | diff "/run/place.$1" -
}
group() { echo $(($(cat "/sys/class/net/v-$1/netdev_group") & 0xffffffff)); }

"$BERTH_NET" start >/dev/null
nic plain 0xbe000000 01
nic isolated 0xbe000001 02
nic locked 0xbe000002 03
nic both 0xbe000003 04
all="plain isolated locked both"
lab_number=10
for name in $all; do
	place $name >/run/place.$name
	lab_number=$((lab_number + 1))
	address $name $lab_number
done
expect "the plan is empty with NICs as berth-nic creates them" "$BERTH_NET" plan
expect "check does not warn about NICs as berth-nic creates them" \
	sh -c '! "$BERTH_NET" check 2>&1 | grep warning'

expect "without berth-net run, status says that NICs are not maintained" \
	sh -c '"$BERTH_NET" status | grep -q "not maintained: berth-net run is not running.*NICs"'

# start, reload and plan.
for name in $all; do ip link set v-$name nomaster; done
"$BERTH_NET" plan >/run/plan
equal "plan lists each detached NIC" "$(grep -c '^+ lxcbr0: v-[a-z]* is reattached' /run/plan)" 4
expect "plan lists the options that a NIC gets back" grep -q \
	'v-both is reattached with isolated, macfilter b2:bf:00:00:00:04' /run/plan
expect "status lists the detached NICs as missing" \
	sh -c '"$BERTH_NET" status | grep -q "missing:.*v-both"'
expect "reload succeeds" "$BERTH_NET" reload
for name in $all; do back $name reload; done
expect "the plan is empty after reload attached the NICs" "$BERTH_NET" plan
for name in $all; do ip link set v-$name down; done
expect "start succeeds" "$BERTH_NET" start
for name in $all; do back $name "start, links down"; done
expect "the plan is empty after start set the links up" "$BERTH_NET" plan

# Under run: detached, down, without options, without the bridge.
"$BERTH_NET" run 2>/run/log &
service=$!
maintained() {
	for _ in $(seq 100); do
		"$BERTH_NET" status | grep -q "not maintained" || return 0
		sleep 0.1
	done
	return 1
}
expect "with berth-net run, status does not say that NICs are not maintained" maintained
for name in $all; do
	ip link set v-$name nomaster
	begin=$(date +%s%N)
	until [ "$(place $name)" = "$(cat /run/place.$name)" ] ||
		[ $(($(date +%s%N) - begin)) -gt 10000000000 ]; do sleep 0.02; done
	echo "v-$name is back after $((($(date +%s%N) - begin) / 1000000)) ms"
	back $name nomaster
done
for name in $all; do ip link set v-$name down; done
for name in $all; do back $name down; done
for name in $all; do
	bridge link set dev v-$name isolated off locked off learning on
	[ $name = plain ] || back $name "options off"
done
# The NICs lose their options, because they are detached and attached before berth-net notices.
for name in $all; do
	ip link set v-$name nomaster
	ip link set v-$name master lxcbr0
done
for name in $all; do back $name "attached without options"; done
expect "the container with a locked port is reached at its address" reaches4 locked 10.0.3.11
# A bridge that is remade has another index.
ip link del lxcbr0
for name in $all; do back $name "bridge deleted"; done
ip link del lxcbr0
ip link add lxcbr0 type bridge
for name in $all; do back $name "bridge remade"; done
expect "a container on the recreated bridge is reached" reaches4 locked 10.0.3.11
kill -STOP $service
ip link del lxcbr0
ip link add lxcbr0 type bridge
ip link set lxcbr0 up
for name in $all; do ip link set v-$name master lxcbr0; done
kill -CONT $service
for name in $all; do back $name "bridge remade with its ports"; done

# Frames from another hardware address never pass, not even the first one.
ip -n locked link set eth0 down
ip -n locked link set eth0 address 02:00:00:00:00:99 up
address locked 13
refute "frames from another hardware address do not pass" reaches4 locked 10.0.3.11
ip netns exec plain python3 "$LAB/echo.py" catch 02:00:00:00:00:99 >/run/caught &
catcher=$!
until [ -s /run/caught ]; do sleep 0.05; done
ip netns exec locked ping -q -i 0.002 -w 10 10.0.3.11 >/dev/null 2>&1 &
flood=$!
for _ in 1 2 3 4 5; do
	ip link set v-locked nomaster
	back locked "while it sends"
done
ip link del lxcbr0
back locked "while it sends, bridge deleted"
wait $flood
equal "no frame from another hardware address passes while the NIC is reattached" \
	"$(tail -n 1 /run/caught)" 0
kill $catcher
wait $catcher 2>/dev/null
ip -n locked link set eth0 address "$(cat /run/address.locked)"

# What the administrator does on purpose is not undone, and is reported once.
ip link add br1 type bridge
ip link set v-plain master br1
ip link set v-isolated down
back isolated down
ip link set v-isolated down
back isolated down
equal "a NIC that was attached to another bridge stays there" \
	"$(place plain | grep master)" "master br1"
equal "berth-net run logs once that the NIC stays on another bridge" \
	"$(grep -c 'v-plain of alice belongs to lxcbr0 and is attached to br1' /run/log)" 1
expect "check says that the NIC stays on another bridge" \
	sh -c '"$BERTH_NET" check 2>&1 | grep -q "v-plain.*br1, where it remains"'
expect "the plan is empty although the NIC is on another bridge" "$BERTH_NET" plan
ip link set v-plain nomaster
back plain "detached from the other bridge"
# The veth of another program has no row.
ip netns add mine
ip link add v-mine type veth peer name eth0 netns mine
ip link set v-mine up
ip link set v-mine master lxcbr0
ip link set v-mine nomaster
ip link set v-isolated down
back isolated down
refute "a veth without a row is not attached" sh -c 'ip -o link show v-mine | grep master'
# A row whose interface is of another kind, or a veth with both ends in this namespace.
printf 'alice veth lxcbr0 v-here\nalice veth lxcbr0 v-tap\n' >>/run/lxc/nics
ip link add v-here type veth peer name v-there
ip tuntap add v-tap mode tap
set_group v-here 0xbe000000
set_group v-tap 0xbe000000
ip link set v-here alias lxc:alice/x up
ip link set v-isolated down
back isolated down
refute "a veth with both ends here and a tap are not attached" \
	sh -c 'ip -o link | grep "v-here.*master\|v-tap.*master"'

# A line of lxc-usernet that has changed since the NIC was created.
sed -i '/macfilter/d' /etc/lxc/lxc-usernet
"$BERTH_NET" check 2>/run/said
expect "check names the NICs that keep their grant" grep -q \
	'v-locked keeps what lxc-usernet granted when it was created (macfilter), but lines of alice' \
	/run/said
refute "check names no NIC whose line is unchanged" \
	grep -q 'v-plain keeps\|v-isolated keeps' /run/said
ip link set v-locked nomaster
back locked "the line has changed"

# A NIC that berth-nic has not finished creating: it has no alias and is down. berth-nic brings it
# up.
ip netns add new
echo 'alice veth lxcbr0 v-new' >>/run/lxc/nics
ip link add v-new address fe:bf:00:00:00:77 type veth peer name eth0 netns new
set_group v-new 0xbe000002
ip link set v-new master lxcbr0
ip link set v-isolated down
back isolated down
refute "a NIC that berth-nic has not finished creating stays down" \
	sh -c 'ip link show v-new | grep -q "[<,]UP"'
ip netns del new

# Containers of an earlier version.
kill $service
wait $service
nic old 0
nic oldlocked 0
bridge fdb replace "$(cat /run/address.oldlocked)" dev v-oldlocked master static sticky
bridge link set dev v-oldlocked learning off locked on isolated on
expect "status reports nothing missing for NICs without a group" "$BERTH_NET" status
"$BERTH_NET" plan >/run/plan
expect "plan lists the group of a NIC that an earlier version created" grep -q \
	'the group of v-oldlocked records the grant of the port (isolated, macfilter)' /run/plan
"$BERTH_NET" reload >/dev/null 2>&1
"$BERTH_NET" run 2>/run/log &
service=$!
place old >/run/place.old
place oldlocked >/run/place.oldlocked
equal "a port without options gets its group" "$(group old)" $((0xbe000000))
equal "a port with both options gets its group" "$(group oldlocked)" $((0xbe000003))
ip link set v-oldlocked nomaster
ip link set v-old nomaster
back oldlocked "a port of an earlier version"
back old "a port of an earlier version"
ip link del lxcbr0
back oldlocked "a port of an earlier version, bridge deleted"
expect "the record contains the hardware address of the NIC" \
	grep -q "$(cat /run/address.oldlocked)" /run/lxc/berth-net.json
kill $service
wait $service
nic older 0
ip link set v-older nomaster
"$BERTH_NET" start 2>/run/said >/dev/null
refute "a detached NIC whose options are unknown is not attached" sh -c \
	'ip -o link show v-older | grep master'
expect "start names the NIC that it does not attach" grep -q \
	'v-older of alice has lost its bridge lxcbr0 and is not reattached' /run/said
ip netns del older

# LXC_ISOLATE isolates what is reattached, and does not become part of the grant.
echo LXC_ISOLATE=true | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1
ip link set v-plain nomaster
expect "reload succeeds" "$BERTH_NET" reload
expect "LXC_ISOLATE isolates the port that is attached again" \
	sh -c 'ip -d link show v-plain | grep -q "isolated on"'
expect "the plan is empty with LXC_ISOLATE" "$BERTH_NET" plan
echo | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1
back plain "without LXC_ISOLATE"
back isolated "without LXC_ISOLATE"

# A bridge that takes the MTU of its ports keeps that of the settings.
echo LXC_BRIDGE_MTU=1400 | lab_settings
"$BERTH_NET" reload >/dev/null 2>&1
ip link del lxcbr0
"$BERTH_NET" start >/dev/null 2>&1
expect "the plan is empty with LXC_BRIDGE_MTU" "$BERTH_NET" plan
equal "the bridge has the MTU of the settings" "$(cat /sys/class/net/lxcbr0/mtu)" 1400
for name in $all; do ip netns del $name; done
for name in old oldlocked mine; do ip netns del $name; done
expect "stop succeeds" "$BERTH_NET" stop
