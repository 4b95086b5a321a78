# The quick start of README.md for systemd, as written there. Then a container with systemd, whose
# systemd-networkd identifies itself by a DUID, keeps its address and its forward as well.
# init files: systemd

# shellcheck source=Tests/MachineTests/guest/readme.sh
. /machine/readme.sh
# shellcheck source=Tests/MachineTests/guest/debian.sh
. /machine/debian.sh

before_boot() {
	systemctl -q mask lxc-net.service
	# As the package does.
	systemctl -q enable berth-net.service
}

after_boot() {
	local place start lease=/var/lib/misc/dnsmasq.lxcbr0.leases identifiers=
	web_starts 1
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n web -p -H)/cgroup")
	equal "the container's memory limit is set" \
		"$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	expect "the container can be stopped" as alice lxc-stop -k -n web
	web_keeps_its_address 10

	expect "alice creates a container with systemd" make_guest systemd-networkd.service
	echo 'lxc.apparmor.profile = unconfined' >>"$guest/config"
	sed -i -e 's|^LXC_DHCP_HOSTS="|&alice/guest,10.0.3.10 |' \
		-e 's|^LXC_FORWARDS="|&tcp:8081=alice/guest:80 |' /etc/default/lxc-net
	expect "berth-net can be reloaded" berth-net reload
	for start in 1 2 3; do
		session su alice 'berth-run lxc-start -n guest -l info -o guest.log' >/run/started 2>&1
		expect "guest, start $start: systemd has started" eventually settled
		expect "guest, start $start: the container has the reserved address" eventually holds \
			'as alice lxc-info -n guest -i -H | grep -qx 10.0.3.10' \
			|| inside networkctl --no-pager status eth0
		identifiers="$identifiers $(awk '$3 == "10.0.3.10" { print $5 }' $lease)"
		expect "guest, start $start: the container has its name" \
			eventually named 10.0.3.10 guest.alice.lxc
		inside "busybox sh -c 'echo $start >/tmp/index.html; busybox httpd -h /tmp'"
		equal "guest, start $start: the forward leads to the container" \
			"$(busybox wget -q -O - http://10.0.3.1:8081/)" "$start"
		expect "guest, start $start: the container can be stopped" \
			session su alice 'berth-run lxc-stop -k -n guest'
		# The client identifier contains the machine ID: it changes when an image is copied.
		rm -f "$guest/rootfs/etc/machine-id"
	done
	echo "client identifiers:$identifiers"
	healthy "at the end" alice
}
