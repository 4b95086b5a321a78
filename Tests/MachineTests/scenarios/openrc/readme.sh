# The quick start of README.md for OpenRC, as written there: an unprivileged container with a
# network and limits. Then alice's containers at boot.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	# As the package does.
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
}

# shellcheck source=Tests/MachineTests/guest/readme.sh
. /machine/readme.sh

after_boot() {
	local place
	web_starts 2
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	equal "alice's limits are set" \
		"$(cat /sys/fs/cgroup/berth/u1000/{memory,pids}.max)" $'2147483648\n2000'
	expect "the container can be stopped" as alice lxc-stop -k -n web

	web_keeps_its_address 10

	ln -s berth-user /etc/init.d/berth-user.alice
	echo 'lxc.start.auto = 1' >>/home/alice/.local/share/lxc/web/config
	expect "the service berth-user.alice can be started" rc-service berth-user.alice start
	expect "the container is running" \
		eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "the container's memory limit is set at boot" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	expect "the service berth-user.alice can be stopped" rc-service berth-user.alice stop
	expect "stopping the service stops the container" eventually holds \
		'as alice lxc-info -n web -s -H | grep -q STOPPED'
}
