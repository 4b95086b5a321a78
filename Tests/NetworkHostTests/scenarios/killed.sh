# Fault injection: berth-net is killed at one system call after another of `start`, of `stop`, and
# of the takeover of lxc-net's network. Afterwards, `stop` cleans up, and `start` completes the
# network.
command -v strace >/dev/null || skip "no strace: install it"
lab_outside
echo 'LXC_FORWARDS=tcp:25=10.0.3.9:587' | lab_settings
# A second network is part of a LAN, which the NIC eth1 leads to.
ip netns add lan
ip link add eth1 type veth peer name port netns lan
mkdir -p /etc/lxc/net.d
printf 'LXC_BRIDGE=lan0\nLXC_UPLINK=eth1\n' >/etc/lxc/net.d/lan.conf
state() {
	lab_state
	(cd /proc/sys/net/ipv6/conf/eth1 && cat accept_ra autoconf disable_ipv6)
}
nft -f - <<'END_OF_RULES'
table ip filter {
	chain FORWARD {
		type filter hook forward priority 0; policy accept;
		ip saddr 172.17.0.0/16 accept
	}
}
END_OF_RULES
before=$(state)
# place LINE: prints the system call in this line of the trace, for strace -e inject. strace counts
# the calls of each name separately.
place() {
	awk -v wanted="$1" '{ name = $0; sub(/\(.*/, "", name); count[name]++ }
		NR == wanted { print name ":signal=SIGKILL:when=" count[name]; exit }' /run/trace
}
# places: prints the numbers of every KILL_STEP-th line of the trace from the lock on.
places() {
	lab_first=$(grep -n berth-net.lock /run/trace | head -1 | cut -d: -f1)
	seq "$lab_first" "${KILL_STEP:-13}" "$(wc -l </run/trace)" | while read -r lab_line; do
		case "$(sed -n "${lab_line}p" /run/trace)" in [a-z]*) echo "$lab_line" ;; esac
	done
}
lab_kills=0
killed() { # killed LINE VERB
	strace -o /run/killed -e inject="$(place "$1")" "$BERTH_NET" "$2" >/dev/null 2>&1
	[ $? != 137 ] || lab_kills=$((lab_kills + 1))
}

# Only the first start on a host enables forwarding.
expect "start succeeds" "$BERTH_NET" start
expect "stop succeeds" "$BERTH_NET" stop
strace -o /run/trace "$BERTH_NET" start >/dev/null 2>&1
expect "stop succeeds" "$BERTH_NET" stop
for line in $(places); do
	killed "$line" start
	if [ $((line % 2)) = 0 ]; then
		expect "start continues after line $line" "$BERTH_NET" start
		expect "the plan is empty after start continues from line $line" "$BERTH_NET" plan
	fi
	expect "stop succeeds after line $line" "$BERTH_NET" stop
	equal "nothing is left after line $line" "$(state)" "$before"
	[ "$lab_failed" = 0 ] || lab_verdict
done

"$BERTH_NET" start >/dev/null 2>&1
strace -o /run/trace "$BERTH_NET" stop >/dev/null 2>&1
for line in $(places); do
	"$BERTH_NET" start >/dev/null 2>&1
	killed "$line" stop
	expect "a second stop succeeds after line $line of stop" "$BERTH_NET" stop
	equal "nothing is left after line $line of stop" "$(state)" "$before"
	[ "$lab_failed" = 0 ] || lab_verdict
done

expect "enough calls were killed: $lab_kills" \
	[ "$lab_kills" -gt "$((500 / ${KILL_STEP:-13}))" ]

[ -x /usr/libexec/lxc/lxc-net ] || lab_verdict
rm /etc/lxc/net.d/lan.conf
echo '. /etc/default/lxc-net' >/etc/default/lxc
echo LXC_IPV6_ENABLE=false | lab_settings
/usr/libexec/lxc/lxc-net start
strace -o /run/trace "$BERTH_NET" start >/dev/null 2>&1
"$BERTH_NET" stop >/dev/null 2>&1
# Before the record is written, the network is still lxc-net's, and berth-net does not stop it.
begun=$(grep -n 'rename.*berth-net.json' /run/trace | head -1 | cut -d: -f1)
expect "the takeover writes a record" [ -n "$begun" ]
lab_kills=0
for line in $(places); do
	[ "$line" -gt "$begun" ] || continue
	/usr/libexec/lxc/lxc-net start >/dev/null 2>&1
	killed "$line" start
	# A run can make more calls than the traced one, and be killed before it writes the record.
	if [ ! -e /run/lxc/berth-net.json ]; then
		/usr/libexec/lxc/lxc-net stop >/dev/null 2>&1
		continue
	fi
	if [ $((line % 2)) = 0 ]; then expect "start takes over after line $line" "$BERTH_NET" start; fi
	expect "stop succeeds after line $line of the takeover" "$BERTH_NET" stop
	equal "nothing of lxc-net or berth-net is left after line $line" "$(state)" "$before"
	[ "$lab_failed" = 0 ] || lab_verdict
done
expect "the takeover was killed: $lab_kills times" [ "$lab_kills" -gt 0 ]
