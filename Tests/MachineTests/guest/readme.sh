#!/bin/bash
# For scenarios that execute the quick start of README.md.
# shellcheck disable=SC2016 # `eventually` evaluates expressions again

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

# web_starts N: the commands for root, in the Nth block, and those for alice. Then her container
# runs.
web_starts() {
	local defaults=/home/alice/.config/lxc/default.conf
	steps "$1" >/run/as-root
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
	expect "the container has an address" has_address alice web
}

# named ADDRESS NAME: the network's name server has this name for the address.
named() { busybox nslookup "$2" 10.0.3.1 | grep -q "^Address.*[ :]$1\$"; }

# web_keeps_its_address STARTS: the commands for the reservation and the forward. They apply at each
# start, although dnsmasq sees a new client each time.
web_keeps_its_address() {
	local start lease=/var/lib/misc/dnsmasq.lxcbr0.leases hardware=
	steps 5 >/run/as-root
	equal "the block for the reservation has three commands" "$(wc -l </run/as-root)" 3
	expect "the commands for the reservation succeed" bash -e /run/as-root
	steps 3 | tail -n 1 >/run/alice-starts
	for start in $(seq "$1"); do
		expect "start $start: the container starts" session su alice 'bash -e /run/alice-starts'
		expect "start $start: the container has the reserved address" eventually holds \
			'[ "$(address alice web)" = 10.0.3.9 ]'
		expect "start $start: the container has its name" eventually named 10.0.3.9 web.alice.lxc
		equal "start $start: dnsmasq has one lease of the container" \
			"$(grep -c ' 10\.0\.3\.9 ' $lease)" 1
		[ -n "$hardware" ] || hardware=$(awk '$3 == "10.0.3.9" { print $2 }' $lease)
		equal "start $start: the container has the same hardware address" \
			"$(awk '$3 == "10.0.3.9" { print $2 }' $lease)" "$hardware"
		session su alice "berth-run lxc-attach -n web -- /bin/sh -c \
			'echo $start >/tmp/index.html; httpd -h /tmp'"
		equal "start $start: the forward leads to the container" \
			"$(busybox wget -q -O - http://10.0.3.1:8080/)" "$start"
		expect "start $start: the container can be stopped" as alice lxc-stop -k -n web
	done
}
