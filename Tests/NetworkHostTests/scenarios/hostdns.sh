# LXC_HOST_DNS: this host resolves names of containers where it routes names by domain. The part
# with openresolv needs the real one, 3.16 or later. With systemd-resolved only the decision is
# tested, in NetworkTests: the test hosts do not have it.
lab_outside
domain=containers.example
sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf
umount /etc/resolv.conf 2>/dev/null
rm -f /etc/resolv.conf /etc/resolvconf.conf
echo 'nameserver 192.0.2.2' >/etc/resolv.conf
echo "LXC_DOMAIN=$domain" | lab_settings

# A host that does not route names by domain.
expect "start succeeds" "$BERTH_NET" start
"$BERTH_NET" status >/run/status
expect "status says what to write for the host's resolver" grep -q \
	"names on this host: not set up; for names in $domain, write server=/$domain/10.0.3.1 in" \
	/run/status
expect "status --json says what to write for the host's resolver" sh -c \
	'"$BERTH_NET" status --json | python3 -c "
import json, sys
network, = json.load(sys.stdin)[\"networks\"]
assert \"server=/containers.example/10.0.3.1\" in network[\"hostDNSAdvice\"], network
assert \"hostDNS\" not in network, network"'
equal "start does not change resolv.conf" "$(cat /etc/resolv.conf)" "nameserver 192.0.2.2"
expect "the plan is empty after start" "$BERTH_NET" plan
# The line works: with it, a dnsmasq of the host resolves this host's name in the domain.
name=$(hostname)
dnsmasq --conf-file=/dev/null --pid-file=/run/host.pid --port=5300 --listen-address=127.0.0.1 \
	--bind-interfaces --no-resolv --no-hosts \
	"$(sed -n 's/.*write \(server=[^ ]*\) in.*/--\1/p' /run/status)"
expect "the line that status prints works" sh -c \
	'[ "$(python3 "$LAB/echo.py" resolve "$1" 127.0.0.1:5300)" = 10.0.3.1 ]' - "$name.$domain"
kill "$(cat /run/host.pid)"
for value in true yes 1 10.0.3.1; do
	printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=%s\n' "$domain" "$value" | lab_settings
	refute "LXC_HOST_DNS=$value is refused" "$BERTH_NET" check
done
printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=false\n' "$domain" | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
refute "status does not report names on this host if LXC_HOST_DNS is false" \
	sh -c '"$BERTH_NET" status | grep "on this host"'
printf 'nameserver 192.0.2.2\nsearch office.%s\n' "$domain" >/etc/resolv.conf
echo "LXC_DOMAIN=$domain" | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
expect "status warns that the domain is the host's own" sh -c \
	'"$BERTH_NET" status | grep -q "also the domain of this host"'
expect "stop succeeds" "$BERTH_NET" stop
echo 'nameserver 192.0.2.2' >/etc/resolv.conf

case $(resolvconf --version 2>/dev/null) in
"openresolv 3.1"[6-9]* | "openresolv 3."[2-9]* | "openresolv "[4-9]*) ;;
*)
	echo "openresolv 3.16 or later is not installed: not tested with it"
	lab_verdict
	;;
esac
cat >/etc/resolvconf.conf <<-'END'
	name_servers=127.0.0.1
	dnsmasq_conf=/run/host-servers.conf
	dnsmasq_resolv=/run/host-resolv.conf
	dnsmasq_restart=true
END
resolvconf -u
echo 'nameserver 192.0.2.2' | resolvconf -a up0.dhcp
state() { cat /etc/resolv.conf /run/host-*.conf; resolvconf -l; }
before=$(state)
"$BERTH_NET" plan >/run/plan
expect "plan lists the route of openresolv" grep -q \
	"^+ lxcbr0: openresolv asks 10.0.3.1 for names in $domain" /run/plan
expect "start succeeds" "$BERTH_NET" start
expect "the plan is empty after start with openresolv" "$BERTH_NET" plan
expect "status says that openresolv resolves the names" sh -c \
	'"$BERTH_NET" status | grep -q "names on this host: resolved by openresolv"'
# The resolver of the host, with the files that openresolv wrote for it.
dnsmasq --conf-file=/run/host-servers.conf --pid-file=/run/host.pid --listen-address=127.0.0.1 \
	--bind-interfaces --resolv-file=/run/host-resolv.conf --no-hosts
equal "getent resolves a name of the domain" \
	"$(getent ahostsv4 "$name.$domain" | awk '{ print $1; exit }')" 10.0.3.1
refute "the domain is not in the search list of resolv.conf" \
	grep -q "search.*$domain" /etc/resolv.conf
expect "all other names are still resolved by the host's name server" \
	grep -q 192.0.2.2 /run/host-resolv.conf
refute "other names are not resolved by the container network" \
	grep -q 10.0.3.1 /run/host-resolv.conf
kill "$(cat /run/host.pid)"
# reload restores a route that was removed, and replaces it if the domain changes.
resolvconf -f -d lxcbr0.berth
"$BERTH_NET" plan >/run/plan
expect "plan lists a route that was removed from openresolv" \
	grep -q '^+ lxcbr0: openresolv asks' /run/plan
echo "LXC_DOMAIN=other.example" | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
expect "another domain is routed" grep -q /other.example/10.0.3.1 /run/host-servers.conf
refute "the first domain is no longer routed" grep -q $domain /run/host-servers.conf
expect "the plan is empty with the other domain" "$BERTH_NET" plan
echo "LXC_DNS_PORT=5353" | lab_settings
expect "reload succeeds with a DNS port that openresolv cannot name" "$BERTH_NET" reload
equal "no names are routed to a port that openresolv cannot name" "$(state)" "$before"
printf 'LXC_DOMAIN=%s\n' "$domain" | lab_settings
expect "reload succeeds" "$BERTH_NET" reload
# The administrator's own entry stays.
expect "stop succeeds" "$BERTH_NET" stop
equal "stop restores the files of openresolv" "$(state)" "$before"
expect "start succeeds" "$BERTH_NET" start
ip link del lxcbr0
expect "stop succeeds" "$BERTH_NET" stop
equal "stop restores the files of openresolv without the bridge, too" "$(state)" "$before"
expect "start succeeds" "$BERTH_NET" start
printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=false\n' "$domain" | lab_settings
expect "reload succeeds with LXC_HOST_DNS=false" "$BERTH_NET" reload
equal "LXC_HOST_DNS=false restores the files of openresolv" "$(state)" "$before"
printf 'LXC_DOMAIN=%s\n' "$domain" | lab_settings
# A resolvconf that does not end.
mv /usr/local/sbin/resolvconf /run/openresolv 2>/dev/null && {
	printf '#!/bin/sh\n[ "$1" = --version ] && exec /run/openresolv "$@"\nexec sleep 60\n' \
		>/usr/local/sbin/resolvconf
	chmod +x /usr/local/sbin/resolvconf
	begin=$(date +%s)
	"$BERTH_NET" reload >/dev/null 2>/run/said
	expect "reload ends in less than 30 s if resolvconf does not" \
		[ $(($(date +%s) - begin)) -lt 30 ]
	expect "reload names the resolvconf that does not end" \
		grep -q 'resolvconf did not finish within 5 s' /run/said
	mv /run/openresolv /usr/local/sbin/resolvconf
}
expect "stop succeeds" "$BERTH_NET" stop
