# Another program's firewall drops what is forwarded: named, and mended when that is wanted.
lab_outside
echo | lab_settings
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -P FORWARD DROP
before=$(iptables-save | sed '/^#/d; s:\[.*::')
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "the chain and the mend are named" grep -q \
	'ip filter FORWARD (docker) throws away.*iptables -I DOCKER-USER' /run/warnings
lab_container web
lab_lease web
refute "what docker drops is dropped" reaches4 web 192.0.2.2
expect "status names it too" sh -c '"$1" status | grep -q "in the way: .*docker"' - "$BERTH_NET"
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "docker's own chain is told" "$BERTH_NET" reload
expect "and the world answers" reaches4 web 192.0.2.2
expect "once is enough" "$BERTH_NET" plan
iptables -F DOCKER-USER
expect "when docker forgets it, it is told again" "$BERTH_NET" reload
expect "and the world answers again" reaches4 web 192.0.2.2
ip link del vweb
expect "stop takes it back" "$BERTH_NET" stop
equal "docker's rules are as they were" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

expect "start again" "$BERTH_NET" start
iptables -F DOCKER-USER
expect "stop, after docker has forgotten it by itself" "$BERTH_NET" stop
equal "and all is as it was" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"
