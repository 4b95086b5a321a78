# Another program's firewall drops what is forwarded: named, and mended when that is wanted.
lab_outside
echo | lab_settings
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -P FORWARD DROP
before=$(iptables-save | sed '/^#/d; s:\[.*::')
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "the chain and the mend are named" grep -q \
	'ip filter FORWARD (docker) drops.*iptables -I DOCKER-USER' /run/warnings
lab_container web
lab_lease web
refute "what docker drops is dropped" reaches4 web 192.0.2.2
expect "status names it too" sh -c '"$1" status | grep -q "blocked by: .*docker"' - "$BERTH_NET"
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "docker's own chain is told" "$BERTH_NET" reload
expect "and the world answers" reaches4 web 192.0.2.2
expect "once is enough" "$BERTH_NET" plan
iptables -F DOCKER-USER
expect "when docker forgets it, it is told again" "$BERTH_NET" reload
expect "and the world answers again" reaches4 web 192.0.2.2
iptables -D DOCKER-USER -i lxcbr0 -m comment --comment berth-net:lxcbr0:fix -j ACCEPT
expect "when half of it is lost, it is whole again" "$BERTH_NET" reload
equal "and there once" "$(iptables -S DOCKER-USER | grep -c berth-net)" 2
ip link del vweb
expect "stop takes it back" "$BERTH_NET" stop
equal "docker's rules are as they were" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

expect "start again" "$BERTH_NET" start
iptables -F DOCKER-USER
expect "stop, after docker has forgotten it by itself" "$BERTH_NET" stop
equal "and all is as it was" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

# The same of ufw, which also keeps containers from asking this host for an address.
iptables -F
iptables -X
for hook in input forward; do
	iptables -N ufw-user-$hook
	iptables -A "$(echo $hook | tr a-z A-Z)" -j ufw-user-$hook
	iptables -P "$(echo $hook | tr a-z A-Z)" DROP
done
iptables -I INPUT -i lo -j ACCEPT
before=$(iptables-save | sed '/^#/d; s:\[.*::')
echo | lab_settings
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "ufw's input is named" grep -q 'ip filter INPUT (ufw) drops DHCP and DNS' /run/warnings
expect "ufw's forward is named" grep -q 'ip filter FORWARD (ufw) drops' /run/warnings
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "ufw is told" "$BERTH_NET" reload
expect "once is enough" "$BERTH_NET" plan
ip netns del web
lab_container web
expect "a lease" lab_lease web
expect "a name" resolves web web 10.0.3.1 "$(lab_address web)"
expect "and the world" reaches4 web 192.0.2.2
ip link del vweb
expect "stop" "$BERTH_NET" stop
equal "ufw's rules are as they were" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

# The same with docker on a host whose iptables still has separate tables, which nft does not list.
command -v iptables-legacy >/dev/null || return 0
iptables -F
iptables -P INPUT ACCEPT
iptables -P FORWARD ACCEPT
iptables -X
iptables-legacy -N DOCKER-USER 2>/dev/null || return 0
iptables-legacy -A FORWARD -j DOCKER-USER
iptables-legacy -A DOCKER-USER -j RETURN
iptables-legacy -P FORWARD DROP
before=$(iptables-legacy-save | sed '/^#/d; s:\[.*::')
echo | lab_settings
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "the old chain is named" grep -q \
	'ip filter FORWARD of iptables-legacy (docker) drops.*iptables-legacy -I DOCKER-USER' \
	/run/warnings
ip netns del web
lab_container web
expect "a lease" lab_lease web
refute "what it drops is dropped" reaches4 web 192.0.2.2
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "it is told" "$BERTH_NET" reload
expect "and the world answers" reaches4 web 192.0.2.2
expect "once is enough" "$BERTH_NET" plan
ip link del vweb
expect "stop" "$BERTH_NET" stop
equal "its rules are as they were" "$(iptables-legacy-save | sed '/^#/d; s:\[.*::')" "$before"
