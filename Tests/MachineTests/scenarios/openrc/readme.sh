# What README.md tells a user of OpenRC to do, as it stands there: from nothing to an unprivileged container
# with a network and limits. And her containers at boot.
# init files: openrc

before_boot() {
	rc-update -q delete lxc-net default
}

# steps N: the lines of the Nth block of commands in the section on limits.
steps() {
	awk -v wanted="$1" '/^## /{ here = /^## Limits without systemd/ }
		here && /^    / { if (!inside) block++; inside = 1; if (block == wanted) print substr($0, 5); next }
		{ inside = 0 }' /machine/README.md
}

after_boot() {
	local place
	install -d -o alice -g alice /home/alice/.config /home/alice/.config/lxc
	# The numbers are those of this machine's accounts.
	expect "alice has these numbers" holds \
		'[ "$(steps 2 | sed -n "s/^lxc.idmap = . 0 //p" | sort -u)" = "$(sed -n "s/^alice:\([0-9]*\):/\1 /p" /etc/subuid)" ]'
	steps 2 >/home/alice/.config/lxc/default.conf
	echo 'lxc.apparmor.profile = unconfined' >>/home/alice/.config/lxc/default.conf
	equal "there are root's commands" "$(steps 1 | wc -l)" 3
	equal "and alice's" "$(steps 3 | wc -l)" 2
	steps 1 >/run/as-root
	steps 3 >/run/as-alice
	chmod 644 /run/as-alice
	expect "as root" bash -e /run/as-root
	expect "as alice" session su alice 'bash -e /run/as-alice'
	expect "it runs" eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	expect "with an address" eventually holds '[ -n "$(as alice lxc-info -n web -i -H)" ]'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "and its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	equal "and hers" "$(cat /sys/fs/cgroup/berth/u1000/{memory,pids}.max)" $'2147483648\n2000'
	expect "it is stopped" as alice lxc-stop -k -n web

	ln -s berth-user /etc/init.d/berth-user.alice
	echo 'lxc.start.auto = 1' >>/home/alice/.local/share/lxc/web/config
	expect "hers are started" rc-service berth-user.alice start
	expect "it runs" eventually holds 'as alice lxc-info -n web -s -H | grep -q RUNNING'
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "with its limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	expect "and stopped" rc-service berth-user.alice stop
	expect "so that it runs no more" eventually holds 'as alice lxc-info -n web -s -H | grep -q STOPPED'
}
