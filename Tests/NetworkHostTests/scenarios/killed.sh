# Killed at one system call of `start` after another: `stop` cleans up, and `start` goes on.
command -v strace >/dev/null || exit 77
lab_outside
echo 'LXC_FORWARDS=tcp:25=10.0.3.9:587' | lab_settings
nft -f - <<'END'
table ip filter {
	chain FORWARD {
		type filter hook forward priority 0; policy accept;
		ip saddr 172.17.0.0/16 accept
	}
}
END
before=$(lab_state)
calls=$(strace -c -o /dev/stdout "$BERTH_NET" start 2>/dev/null | awk '$NF == "total" { print $(NF - 1) }')
expect "stop" "$BERTH_NET" stop
[ "${calls:-0}" -gt 100 ] || calls=500
# A debug build makes some more at its beginning, all before it has looked at anything.
for call in $(seq 40 "${KILL_STEP:-11}" "$calls"); do
	strace -o /run/trace -e inject=all:signal=SIGKILL:when="$call" "$BERTH_NET" start >/dev/null 2>&1
	if [ $((call % 2)) = 0 ]; then
		expect "start goes on after $call calls" "$BERTH_NET" start
		expect "and has nothing left to do after $call calls" "$BERTH_NET" plan
	fi
	expect "stop after $call calls" "$BERTH_NET" stop
	equal "nothing is left after $call calls" "$(lab_state)" "$before"
	[ "$lab_failed" = 0 ] || break
done
