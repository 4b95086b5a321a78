# Another program's firewall drops forwarded packets: berth-net reports it, and fixes it if
# LXC_FIREWALL_FOREIGN is true.
lab_outside
echo | lab_settings
iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -P FORWARD DROP
before=$(iptables-save | sed '/^#/d; s:\[.*::')
"$BERTH_NET" start >/dev/null 2>/run/warnings
expect "the warning names the chain and the fix" grep -q \
	'ip filter FORWARD (docker) drops.*iptables -I DOCKER-USER' /run/warnings
lab_container web
lab_lease web
refute "docker's policy drops the container's packets" reaches4 web 192.0.2.2
expect "status names the chain, too" \
	sh -c '"$1" status | grep -q "blocked by: .*docker"' - "$BERTH_NET"
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "reload adds rules to docker's chain" "$BERTH_NET" reload
expect "the container reaches the Internet" reaches4 web 192.0.2.2
expect "the plan is empty with the rules in docker's chain" "$BERTH_NET" plan
iptables -F DOCKER-USER
expect "reload restores rules that docker has flushed" "$BERTH_NET" reload
expect "the container reaches the Internet again" reaches4 web 192.0.2.2
iptables -D DOCKER-USER -i lxcbr0 -m comment --comment berth-net:lxcbr0:fix -j ACCEPT
expect "reload restores one of two rules" "$BERTH_NET" reload
equal "each rule exists once" "$(iptables -S DOCKER-USER | grep -c berth-net)" 2
ip link del vweb
expect "stop removes the rules" "$BERTH_NET" stop
equal "docker's rules are unchanged" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

expect "start succeeds again" "$BERTH_NET" start
iptables -F DOCKER-USER
expect "stop succeeds after docker has flushed the rules" "$BERTH_NET" stop
equal "stop leaves all rules as they were before" \
	"$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

# The same with ufw, which also drops DHCP requests of containers.
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
expect "the warning names ufw's input chain" \
	grep -q 'ip filter INPUT (ufw) drops DHCP and DNS' /run/warnings
expect "the warning names ufw's forward chain" grep -q 'ip filter FORWARD (ufw) drops' /run/warnings
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "reload adds rules to ufw's chains" "$BERTH_NET" reload
expect "the plan is empty with the rules in ufw's chains" "$BERTH_NET" plan
ip netns del web
lab_container web
expect "the container gets a lease" lab_lease web
expect "the container's name resolves" resolves web web 10.0.3.1 "$(lab_address web)"
expect "the Internet is reachable through ufw" reaches4 web 192.0.2.2
ip link del vweb
expect "stop succeeds" "$BERTH_NET" stop
equal "ufw's rules are unchanged" "$(iptables-save | sed '/^#/d; s:\[.*::')" "$before"

# The same with docker and iptables-legacy, whose tables nft does not list.
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
expect "the warning names the legacy chain and the fix" grep -q \
	'ip filter FORWARD of iptables-legacy (docker) drops.*iptables-legacy -I DOCKER-USER' \
	/run/warnings
ip netns del web
lab_container web
expect "the container gets a lease" lab_lease web
refute "the legacy policy drops the container's packets" reaches4 web 192.0.2.2
echo 'LXC_FIREWALL_FOREIGN=true' | lab_settings
expect "reload adds rules to the legacy chain" "$BERTH_NET" reload
expect "the container reaches the Internet" reaches4 web 192.0.2.2
expect "the plan is empty with the rules in the legacy chain" "$BERTH_NET" plan
ip link del vweb
expect "stop succeeds" "$BERTH_NET" stop
equal "the legacy rules are unchanged" "$(iptables-legacy-save | sed '/^#/d; s:\[.*::')" "$before"
