# shellcheck shell=bash
# Sets up a healthy host with 50 users, starts $containers (2) containers of each with the real
# lxc-start, and examines all users. Prints what berth doctor found, or with TIMED the time and the
# memory that it took. ManyUsers.swift and bench-status.sh run this on a host with LXC and
# berth-net.
containers=${containers:-2}
printf '%s\n' 'LXC_NETWORK="10.0.0.0/16"' 'LXC_ADDR="10.0.3.1"' 'LXC_NETMASK="255.255.0.0"' \
	'LXC_DHCP_RANGE="10.0.4.2,10.0.9.254"' 'LXC_DHCP_MAX="1000"' \
	'LXC_DHCP_PING="false"' >/etc/default/lxc-net
ip netns exec outside dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts \
	--address=/#/192.0.2.2 >/dev/null 2>&1 &
echo 'nameserver 192.0.2.2' >/etc/resolv.conf
/run/host/bin/berth-net start >/dev/null
sed -i '/^alice:/d' /etc/passwd /etc/subuid /etc/subgid
: >/etc/lxc/lxc-usernet
for number in $(seq 50); do
	user=user$number
	add_user "$user" $((6000 + number)) $((2000000 + number * 65536))
	echo "$user veth lxcbr0 20" >>/etc/lxc/lxc-usernet
	new_container_of "$user" web1
	place=${home:?}/$user/.local/share/lxc
	install -D -o "$user" -m 644 /run/host/web1.conf "$home/$user/.config/lxc/default.conf"
	for copy in $(seq 2 "$containers"); do
		cp -al "$place/web1" "$place/web$copy"
		sed "s/web1/web$copy/g" "$place/web1/config" >/run/config
		install -o "$user" -m 640 /run/config "$place/web$copy/new"
		mv "$place/web$copy/new" "$place/web$copy/config"
	done
	for copy in $(seq "$containers"); do as "$user" lxc-start -n "web$copy"; done
done
leases=/var/lib/misc/dnsmasq.lxcbr0.leases
leased() { wc -l <$leases 2>/dev/null || echo 0; }
for _ in $(seq 600); do
	[ "$(leased)" -lt $((50 * containers)) ] || break
	sleep 0.1
done
# A container configures its address after it has got the lease.
while read -r _ _ address _; do
	for _ in $(seq 60); do
		if ping -c 1 -W 1 "$address" >/dev/null; then break; fi
	done
done <$leases

if [ -n "${TIMED:-}" ]; then
	/usr/bin/python3 - <<-'END'
		import resource, subprocess, time
		times = []
		for _ in range(7):
		    begin = time.monotonic()
		    subprocess.run(["/run/host/bin/berth", "doctor", "--all"], stdout=subprocess.DEVNULL)
		    times.append(time.monotonic() - begin)
		peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
		print(f"berth doctor --all of 50 users: {sorted(times)[3]:.2f} s, {peak:.0f} MB")
	END
else
	/run/host/bin/berth doctor --all >/run/report
	echo "exit status $?"
	tail -n 1 /run/report
	# Each finding once, without the summary of each user.
	grep -E '^  [x!] ' /run/report | grep -v '[x!] user[0-9]' | sort -u >/run/findings
	echo "kinds of findings: $(wc -l </run/findings)"
	cat /run/findings
fi
