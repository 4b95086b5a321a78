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

# A host that routes nothing.
expect "start" "$BERTH_NET" start
"$BERTH_NET" status >/run/status
expect "status says what to write" grep -q \
	"names on this host: not set up; for names in $domain, write server=/$domain/10.0.3.1 in" \
	/run/status
expect "as JSON, too" sh -c \
	'"$BERTH_NET" status --json | python3 -c "
import json, sys
network, = json.load(sys.stdin)[\"networks\"]
assert \"server=/containers.example/10.0.3.1\" in network[\"hostDNSAdvice\"], network
assert \"hostDNS\" not in network, network"'
equal "resolv.conf is untouched" "$(cat /etc/resolv.conf)" "nameserver 192.0.2.2"
expect "one pass" "$BERTH_NET" plan
# The line is right: a dnsmasq of the host with it resolves this host's name in the domain.
name=$(hostname)
dnsmasq --conf-file=/dev/null --pid-file=/run/host.pid --port=5300 --listen-address=127.0.0.1 \
	--bind-interfaces --no-resolv --no-hosts \
	"$(sed -n 's/.*write \(server=[^ ]*\) in.*/--\1/p' /run/status)"
expect "the line works" sh -c \
	'[ "$(python3 "$LAB/echo.py" resolve "$1" 127.0.0.1:5300)" = 10.0.3.1 ]' - "$name.$domain"
kill "$(cat /run/host.pid)"
for value in true yes 1 10.0.3.1; do
	printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=%s\n' "$domain" "$value" | lab_settings
	refute "LXC_HOST_DNS=$value is refused" "$BERTH_NET" check
done
printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=false\n' "$domain" | lab_settings
expect "reload" "$BERTH_NET" reload
refute "switched off, nothing is printed" sh -c '"$BERTH_NET" status | grep "on this host"'
printf 'nameserver 192.0.2.2\nsearch office.%s\n' "$domain" >/etc/resolv.conf
echo "LXC_DOMAIN=$domain" | lab_settings
expect "reload" "$BERTH_NET" reload
expect "the host's own domain is never routed away" sh -c \
	'"$BERTH_NET" status | grep -q "also the domain of this host"'
expect "stop" "$BERTH_NET" stop
echo 'nameserver 192.0.2.2' >/etc/resolv.conf

case $(resolvconf --version 2>/dev/null) in
"openresolv 3.1"[6-9]* | "openresolv 3."[2-9]* | "openresolv "[4-9]*) ;;
*)
	echo "no openresolv from 3.16 on: not tested with it"
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
expect "plan lists it" grep -q \
	"^+ lxcbr0: openresolv asks 10.0.3.1 for names in $domain" /run/plan
expect "start" "$BERTH_NET" start
expect "one pass" "$BERTH_NET" plan
expect "status says so" sh -c \
	'"$BERTH_NET" status | grep -q "names on this host: resolved by openresolv"'
# The resolver of the host, with the files that openresolv wrote for it.
dnsmasq --conf-file=/run/host-servers.conf --pid-file=/run/host.pid --listen-address=127.0.0.1 \
	--bind-interfaces --resolv-file=/run/host-resolv.conf --no-hosts
equal "getent resolves" "$(getent ahostsv4 "$name.$domain" | awk '{ print $1; exit }')" 10.0.3.1
refute "the name alone is not completed with the domain" grep -q "search.*$domain" /etc/resolv.conf
expect "all other names go where they went" grep -q 192.0.2.2 /run/host-resolv.conf
refute "and not to the container network" grep -q 10.0.3.1 /run/host-resolv.conf
kill "$(cat /run/host.pid)"
# What somebody removes, reload restores; another domain replaces it.
resolvconf -f -d lxcbr0.berth
"$BERTH_NET" plan >/run/plan
expect "it is missing" grep -q '^+ lxcbr0: openresolv asks' /run/plan
echo "LXC_DOMAIN=other.example" | lab_settings
expect "reload" "$BERTH_NET" reload
expect "another domain" grep -q /other.example/10.0.3.1 /run/host-servers.conf
refute "in place of the first" grep -q $domain /run/host-servers.conf
expect "one pass" "$BERTH_NET" plan
echo "LXC_DNS_PORT=5353" | lab_settings
expect "without a port that openresolv can name" "$BERTH_NET" reload
equal "nothing is routed" "$(state)" "$before"
printf 'LXC_DOMAIN=%s\n' "$domain" | lab_settings
expect "reload" "$BERTH_NET" reload
# The administrator's own entry stays.
expect "stop" "$BERTH_NET" stop
equal "stop undoes it" "$(state)" "$before"
expect "start" "$BERTH_NET" start
ip link del lxcbr0
expect "stop" "$BERTH_NET" stop
equal "stop undoes it without the bridge, too" "$(state)" "$before"
expect "start" "$BERTH_NET" start
printf 'LXC_DOMAIN=%s\nLXC_HOST_DNS=false\n' "$domain" | lab_settings
expect "switched off" "$BERTH_NET" reload
equal "it is undone" "$(state)" "$before"
printf 'LXC_DOMAIN=%s\n' "$domain" | lab_settings
# A resolver that does not answer.
mv /usr/local/sbin/resolvconf /run/openresolv 2>/dev/null && {
	printf '#!/bin/sh\n[ "$1" = --version ] && exec /run/openresolv "$@"\nexec sleep 60\n' \
		>/usr/local/sbin/resolvconf
	chmod +x /usr/local/sbin/resolvconf
	begin=$(date +%s)
	"$BERTH_NET" reload >/dev/null 2>/run/said
	expect "a resolver that hangs holds nothing up" [ $(($(date +%s) - begin)) -lt 30 ]
	expect "and is named" grep -q 'resolvconf did not finish within 5 s' /run/said
	mv /run/openresolv /usr/local/sbin/resolvconf
}
expect "stop" "$BERTH_NET" stop
