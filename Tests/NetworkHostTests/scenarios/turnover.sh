# Many containers, one after another, in a small range: `run` releases the addresses of those that
# have stopped. All starts of one container use the same lease.
#
#	LAB_FRESH=1000 LAB_KEPT=20 LAB_RESTARTS=300 LAB_RANGE=10.0.3.2,10.0.3.254 …/play.sh turnover
lab_users
lab_settings <<-END
	LXC_DHCP_RANGE=${LAB_RANGE:-10.0.3.10,10.0.3.41}
	LXC_DHCP_PING=false
END
leases=/var/lib/misc/dnsmasq.lxcbr0.leases
"$BERTH_NET" run 2>/run/log &
service=$!
lab_servers="$lab_servers $service"
for _ in $(seq 100); do
	! "$BERTH_NET" status >/dev/null 2>&1 || break
	sleep 0.1
done

restarts=${LAB_RESTARTS:-30}
ip netns add web
addresses=
for _ in $(seq "$restarts"); do
	lab_nic web alice web
	lab_lease web -x "0x3d:ff$(od -An -N4 -tx1 /dev/urandom | tr -d ' ')"
	addresses="$addresses $(lab_address web)"
	ip link del nweb
done
equal "$restarts starts with new client identifiers get the same address" \
	"$(echo "$addresses" | xargs -n 1 | sort -u | wc -l)" 1
equal "$restarts starts with new client identifiers use one lease" "$(grep -c . "$leases")" 1

fresh=${LAB_FRESH:-64}
begun=$(date +%s)
kept=${LAB_KEPT:-4}
ip netns add fresh
for number in $(seq "$fresh"); do
	# The last ones stay, each in a namespace of its own.
	space=fresh
	[ "$number" -le $((fresh - kept)) ] || space=kept$number
	rm -f "/run/lease.$space"
	lab_nic "$space" bob "fresh$number"
	lab_lease "$space" || expect "container $number of $fresh gets an address" false
	[ "$space" != fresh ] || ip link del nfresh
done
echo "$fresh containers in $(($(date +%s) - begun)) s"
for number in $(seq $((fresh - kept + 1)) "$fresh"); do
	expect "a running container has its lease" grep -q " $(lab_address "kept$number") " "$leases"
done
# The leases of stopped containers are released in the end.
for _ in $(seq 450); do
	[ "$(grep -c . "$leases")" -gt "$kept" ] || break
	sleep 0.1
done
equal "only the leases of running containers are left" "$(grep -c . "$leases")" "$kept"
for number in $(seq $((fresh - kept + 1)) "$fresh"); do
	expect "running container $number still has its lease" \
		grep -q " $(lab_address "kept$number") " "$leases"
	expect "running container $number has its name" \
		[ "$(python3 "$LAB/echo.py" resolve "fresh$number.bob.lxc" 10.0.3.1)" \
		= "$(lab_address "kept$number")" ]
	ip link del "nkept$number"
done
kill "$service"
wait "$service"
