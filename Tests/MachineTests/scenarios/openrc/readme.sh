# The quick start of README.md for OpenRC, as written there: an unprivileged container with a
# network and limits. Then alice's containers at boot.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
	# As the package does.
	rc-update -q add berth-net default
	rc-update -q add berth-cgroup default
}

# steps N: the lines of the Nth block of commands in the quick start.
steps() {
	awk -v wanted="$1" '/^## /{ here = /^## Quick start/ }
		here && /^    / {
			if (!inside) block++
			inside = 1
			if (block == wanted) print substr($0, 5)
			next
		}
		{ inside = 0 }' /machine/README.md
}

after_boot() {
	local place defaults=/home/alice/.config/lxc/default.conf
	steps 2 >/run/as-root
	steps 3 | head -n 3 >/run/alice-configures
	steps 3 | tail -n +4 >/run/alice-starts
	chmod 644 /run/alice-*
	equal "the block for root has three commands" "$(wc -l </run/as-root)" 3
	equal "the block for alice has two commands after the defaults" "$(wc -l </run/alice-starts)" 2
	expect "the commands for root succeed" bash -e /run/as-root
	expect "the commands for alice's defaults succeed" \
		session su alice 'bash -e /run/alice-configures'
	# README.md shows other IDs than those of this machine.
	equal "the defaults contain the IDs of /etc/subuid" \
		"$(sed -n 's/^lxc.idmap = . 0 //p' $defaults | sort -u)" \
		"$(sed -n "s/^alice:\([0-9]*\):/\1 /p" /etc/subuid)"
	echo 'lxc.apparmor.profile = unconfined' >>$defaults
	expect "the commands for alice succeed" session su alice 'bash -e /run/alice-starts'
	expect "the container is running" \
		eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	expect "the container has an address" \
		eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	equal "alice's limits are set" \
		"$(cat /sys/fs/cgroup/berth/u1000/{memory,pids}.max)" $'2147483648\n2000'
	expect "the container can be stopped" as alice lxc-stop -k -n web

	steps 5 >/run/as-root
	equal "the block for the reservation has three commands" "$(wc -l </run/as-root)" 3
	expect "the commands for the reservation succeed" bash -e /run/as-root
	for start in 1 2 3; do
		steps 3 | tail -n 1 >/run/alice-starts
		expect "start $start: the container starts" session su alice 'bash -e /run/alice-starts'
		expect "start $start: the container has the reserved address" eventually holds \
			'[ "$(as alice lxc-info -n web -i -H)" = 10.0.3.9 ]'
		session su alice "berth-run lxc-attach -n web -- /bin/sh -c \
			'echo $start >/tmp/index.html; httpd -h /tmp'"
		equal "start $start: the forward leads to the container" \
			"$(busybox wget -q -O - http://10.0.3.1:8080/)" $start
		expect "start $start: the container can be stopped" as alice lxc-stop -k -n web
	done

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
