# LXC_DHCP=false: containers with fixed addresses.
lab_outside
echo 'LXC_DHCP=false LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "start succeeds" "$BERTH_NET" start
lab_container web
refute "no DHCP server answers" timeout 5 ip netns exec web busybox udhcpc -i eth0 -n -q -t 2 -T 1
refute "no advertisement arrives" timeout 10 ip netns exec web python3 "$LAB/echo.py" router
ip -n web addr add 10.0.3.7/24 dev eth0
ip -n web route add default via 10.0.3.1
expect "a fixed address reaches the Internet" reaches4 web 192.0.2.2
echo '192.0.2.7 printer' >>/etc/hosts
expect "reload succeeds" "$BERTH_NET" reload
expect "a container with a fixed address resolves names" resolves web printer 10.0.3.1 192.0.2.7
refute "port 67 is not opened" \
	sh -c "nft list chain inet berth_lxcbr0 input | grep 'dport 67'"
echo 'LXC_DHCP=false LXC_DNS_PORT=0 LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "reload succeeds without DHCP and DNS" "$BERTH_NET" reload
equal "no dnsmasq runs" "$(lab_state | grep -c /dnsmasq)" 0
equal "no file of dnsmasq is left" "$(ls /run/lxc | grep -c dnsmasq)" 0
expect "the plan is empty" "$BERTH_NET" plan
expect "the network is up" "$BERTH_NET" status
expect "the container still reaches the Internet" reaches4 web 192.0.2.2
echo 'LXC_DHCP=false LXC_DNS_PORT=0 LXC_IPV6_RA=true LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "reload turns router advertisements on" "$BERTH_NET" reload
expect "router advertisements arrive" \
	sh -c "timeout 30 ip netns exec web python3 $LAB/echo.py router | grep prefix"
echo 'LXC_IPV6_ADDR=fd42:1::1' | lab_settings
expect "reload turns DHCP on" "$BERTH_NET" reload
expect "the container gets a lease" lab_lease web
ip link del vweb
expect "stop succeeds" "$BERTH_NET" stop
