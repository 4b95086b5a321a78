# The limit of a user's container on a host where systemd manages cgroups: berth-run gets a scope
# from the user's systemd manager.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
}

after_boot() {
	local place kind scope
	as alice berth-run true >/run/refused 2>&1
	equal "without a user manager, berth-run fails" "$?" 125
	expect "the message says how to enable lingering" \
		grep -q 'loginctl enable-linger 1000' /run/refused
	refute "berth-cgroup setup fails on a host with systemd" berth-cgroup setup
	expect "the message of berth-cgroup setup names systemd" \
		holds 'berth-cgroup setup 2>&1 | grep -q systemd'
	expect "lingering can be enabled" loginctl enable-linger 1000
	expect "alice's user manager starts" eventually [ -e /run/user/1000/systemd/private ]

	expect "alice creates a container" new_container alice web
	echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/web/config
	for kind in login su sudo ssh; do
		session $kind alice 'berth-run lxc-start -n web || echo no' >/run/started 2>&1
		equal "$kind: lxc-start prints nothing" "$(cat /run/started)" ""
		expect "$kind: the container is running" \
			eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
		place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
		expect "$kind: the container is in a scope of alice's user manager" \
			grep -qE '^/user.slice/user-1000.slice/user@1000.service/.*\.scope/lxc.payload.web$' \
			<<<"$place"
		equal "$kind: the container's memory limit is set" \
			"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
		expect "$kind: the container can be stopped" session su alice 'berth-run lxc-stop -k -n web'
		expect "$kind: the container has stopped" \
			eventually holds 'as alice lxc-info -n web -s -H | grep -q STOPPED'
	done
	expect "berth-run exits with the status of its command" \
		holds "session su alice 'berth-run sh -c \"exit 7\"'; [ \$? = 7 ]"
	expect "--scope-info reports the user manager" \
		holds "session su alice 'berth-run --scope-info' | grep -q user@1000.service"

	expect "the name is part of the scope's name" holds \
		"session su alice 'berth-run --name shop cat /proc/self/cgroup' | grep -q -- -shop.scope$"
	session su alice 'berth-run --name shop lxc-start -n web'
	expect "a container started with --name is running" \
		eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	# LXC 6 of Debian, which is built with D-Bus, asks the user's manager for a scope itself.
	scope='(run-[0-9a-z]{8}-shop|lxc-web-[0-9]+)\.scope'
	expect "the container is in a scope that can be identified" \
		grep -qE "/$scope/lxc.payload.web\$" <<<"$place"
	as alice berth status --json | tr -d ' \n' >/run/told
	expect "berth status lists the container with its limit" \
		grep -qE '"containers":\[\{"name":"web","use":\{[^}]*"memoryMaxBytes":41943040' /run/told
	expect "berth status lists the scope" grep -qE "\"name\":\"$scope\"" /run/told
	LANG=C.UTF-8 berth status
	expect "berth-cgroup status lists the container for root" \
		holds 'berth-cgroup status | grep -q "lxc.payload.web: memory .* of 40.0M"'
	as bob berth status --json | tr -d ' \n' >/run/told
	expect "bob sees that cgroups of another user are hidden" \
		grep -q '{"part":"cgroups","reason":"cgroupsof1otheruser,notvisibletoyou"}' /run/told
	refute "bob sees no name of the other user" grep -q -e alice -e web /run/told
	session su alice 'berth-run lxc-stop -k -n web'
	expect "berth-cgroup status does not list a stopped container" \
		eventually holds '! berth-cgroup status | grep -q lxc.payload'
}
