# A user's container within its limit where systemd manages cgroups: berth-run gets one from the
# user's manager.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

after_boot() {
	local place kind
	as alice berth-run true >/run/refused 2>&1
	equal "without a manager there is none" "$?" 125
	expect "and how to have one is said" grep -q 'loginctl enable-linger 1000' /run/refused
	refute "berth-cgroup has nothing to do here" berth-cgroup setup
	expect "which it says" holds 'berth-cgroup setup 2>&1 | grep -q systemd'
	expect "what it said helps" loginctl enable-linger 1000
	expect "a manager comes" eventually [ -e /run/user/1000/systemd/private ]

	expect "alice makes a container" new_container alice web
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	for kind in login su sudo ssh; do
		session $kind alice 'berth-run lxc-start -n web || echo no' >/run/started 2>&1
		equal "$kind: it is started" "$(cat /run/started)" ""
		expect "$kind: it runs" eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
		place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
		expect "$kind: in a scope of her manager's" \
			grep -qE '^/user.slice/user-1000.slice/user@1000.service/.*\.scope/lxc.payload.web$' \
			<<<"$place"
		equal "$kind: with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
		expect "$kind: it is stopped" session su alice 'berth-run lxc-stop -k -n web'
		expect "$kind: it runs no more" \
			eventually holds 'as alice lxc-info -n web -s -H | grep -q STOPPED'
	done
	expect "the command ends as it does" \
		holds "session su alice 'berth-run sh -c \"exit 7\"'; [ \$? = 7 ]"
	expect "--scope-info says so" \
		holds "session su alice 'berth-run --scope-info' | grep -q user@1000.service"

	session su alice 'berth-run --name shop lxc-start -n web'
	expect "she starts it under a name" \
		eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	expect "which is the scope's" \
		grep -qE '/run-[0-9a-z]{8}-shop\.scope/lxc.payload.web$' <<<"$place"
	as alice berth status --json | tr -d ' \n' >/run/told
	expect "berth status shows it, with its limit" \
		grep -qE '"containers":\[\{"name":"web","use":\{[^}]*"memoryMaxBytes":41943040' /run/told
	expect "and the scope" grep -qE '"name":"run-[0-9a-z]{8}-shop.scope"' /run/told
	LANG=C.UTF-8 berth status
	expect "root sees it too" \
		holds 'berth-cgroup status | grep -q "lxc.payload.web: memory .* of 40.0M"'
	as bob berth status --json | tr -d ' \n' >/run/told
	expect "bob only that there is somebody" \
		grep -q '{"part":"cgroups","reason":"cgroupsof1otheruser,notvisibletoyou"}' /run/told
	refute "and not who" grep -q -e alice -e web /run/told
	session su alice 'berth-run lxc-stop -k -n web'
	expect "it is gone from there" eventually holds '! berth-cgroup status | grep -q lxc.payload'
}
