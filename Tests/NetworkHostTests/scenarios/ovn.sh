# OVN: two chassis and a host with its databases, on Open vSwitch's userspace datapath. berth-nic
# names the logical port of each NIC, and OVN binds it.
# shellcheck source=Tests/NetworkHostTests/cluster.sh
. "$LAB/cluster.sh"
# shellcheck source=Tests/NetworkHostTests/ovn.sh
. "$LAB/ovn.sh"
ovn_check
cluster_begin 1 2 8
ovn_begin
alice=$(id -u alice)
bob=$(id -u bob)
for n in 1 2; do
	printf '%s veth br-int 20\n' alice bob >"/run/h$n/etc/lxc/lxc-usernet"
done
# create HOST NAME USER: a container with a NIC on br-int
create() { at "$1" lab_real_nic "$2" "$3" br-int; }
# status_problems HOST: the problems that root sees
status_problems() { on "$1" "$BERTH" status --json | jq_problems; }
jq_problems() {
	python3 -c 'import json, sys
for problem in json.load(sys.stdin)["summary"]["problems"]: print(problem["message"])'
}
# nic_json HOST PORT: what berth nics --json says of the logical port
nic_json() {
	on "$1" "$BERTH" nics --json | python3 -c 'import json, sys
for nic in json.load(sys.stdin)["nics"]:
    if nic["hostName"] == sys.argv[1]: print(json.dumps(nic["logicalPort"]))' "$2"
}
# doctor HOST USER: what doctor prints, on one line
doctor() { on "$1" "$BERTH" doctor "$2" | tr -s '\n ' ' '; }

nbctl ls-add lxc -- set logical_switch lxc \
	other_config:subnet=10.99.0.0/16 other_config:exclude_ips=10.99.0.1
options=$(nbctl create dhcp_options cidr=10.99.0.0/16 options:server_id=10.99.0.1 \
	options:server_mac=10:66:6a:00:00:00 options:lease_time=3600 options:router=10.99.0.1 \
	options:dns_server=10.99.0.1 options:mtu=1442)

# A container starts, and then the administrator creates its logical port.
expect "a container starts without a logical port" create 1 c1 alice
port1=$(at 1 lab_port c1)
equal "berth-nic names the logical port" "$(external 1 "$port1" iface-id)" "berth-$alice-c1-0"
equal "berth-nic writes the hardware address" \
	"$(external 1 "$port1" attached-mac)" "$(hardware 1 c1)"
unbound="OVN has not bound the logical port berth-$alice-c1-0 to $port1"
equal "status says that the NIC is not bound" "$(status_problems 1)" "$unbound"
equal "status --json says that the NIC is not bound" \
	"$(nic_json 1 "$port1")" "{\"isBound\": false, \"name\": \"berth-$alice-c1-0\"}"
doctor 1 alice >/run/doctor
expect "doctor says that the NIC is not bound" \
	grep -q 'has not bound the logical port .* to the NIC' /run/doctor
# Execute what doctor prints, with the name of the logical switch.
fix=$(grep -o 'lsp-add SWITCH [^"]*"[^"]*"' /run/doctor | sed 's/SWITCH/lxc/')
equal "doctor prints the commands that create the logical port" "$fix" \
	"lsp-add lxc berth-$alice-c1-0 -- lsp-set-addresses \
berth-$alice-c1-0 \"$(hardware 1 c1) dynamic\""
since=$(now)
eval "nbctl $fix"
expect "OVN binds the port" bound 1 "$port1" "$since"
cat /run/expect.out
nbctl lsp-set-dhcpv4-options "berth-$alice-c1-0" "$options"
equal "status no longer reports the NIC" "$(status_problems 1)" ""
equal "status --json says that the NIC is bound" \
	"$(nic_json 1 "$port1")" "{\"isBound\": true, \"name\": \"berth-$alice-c1-0\"}"
doctor 1 alice >/run/doctor
expect "doctor says that the NIC is bound" grep -q 'OVN has bound the logical port' /run/doctor

# The administrator creates the logical port, and then the container starts.
mac2="b2:bf:$(on 2 python3 "$LAB/identity.py" br-int "$alice" c2 0)"
logical_port "berth-$alice-c2-0" "$mac2" "$options"
since=$(now)
expect "a container with a logical port starts" create 2 c2 alice
port2=$(at 2 lab_port c2)
expect "OVN binds the port" bound 2 "$port2" "$since"
cat /run/expect.out
equal "the container has the computed hardware address" "$(hardware 2 c2)" "$mac2"
for n in 1 2; do
	expect "a container gets an address from OVN" at $n lab_lease c$n
	equal "the address is in the subnet of OVN" "$(lease $n c$n | cut -d. -f1,2)" 10.99
done
expect "a container reaches a container on another chassis" at 1 reaches4 c1 "$(lease 2 c2)"

# What the administrator of OVN uses in place of isolated and ipfilter.
ours=$(lease 1 c1)
theirs=$(lease 2 c2)
nbctl acl-add lxc to-lport 1000 "outport == \"berth-$alice-c2-0\" && ip4.src == $ours" drop
sleep 1
refute "an ACL of the port drops packets" at 1 reaches4 c1 "$theirs"
nbctl acl-del lxc
expect "without the ACL, the container is reached" at 1 reaches4 c1 "$theirs"
nbctl lsp-set-port-security "berth-$alice-c2-0" "$mac2 $theirs"
on 2 ip -n c2 addr add 10.99.77.7/32 dev eth0
sleep 1
refute "port security drops packets from another address" \
	on 2 ip netns exec c2 ping -c 2 -W 1 -I 10.99.77.7 "$ours"
expect "packets from the container's own address pass" at 2 reaches4 c2 "$ours"
nbctl lsp-set-port-security "berth-$alice-c2-0" "$mac2"

# No name of a container names a logical port of another user.
tab=$(printf 'a\tb')
line=$(printf 'a\nb')
long=$(printf '%0255d' 7)
n=0
for name in c1 c1-0 "$alice-c1" "../c1" "c1\",iface-id=\"berth-$alice-c1" \
	"c1 external_ids:iface-id=berth-$alice-c1-0" "c1=0,x" "-- set Interface $port1" "{c1}" \
	"c\\1" '"' "'" "%" "" " " "$tab" "$line" "é" "$long"; do
	n=$((n + 1))
	expect "bob creates $name" create_named "$name" "b$n"
	equal "the logical port of $name belongs to bob" \
		"$(external 1 "$(at 1 lab_port "b$n")" iface-id)" "berth-$bob-$(encoded "$name")-0"
	at 1 lab_end_container "b$n"
done
equal "alice's port is unchanged" "$(external 1 "$port1" iface-id)" "berth-$alice-c1-0"
expect "alice's container still has its network" at 1 reaches4 c1 "$(lease 2 c2)"

# The central host is lost: connections continue, and new ports are bound once it is back.
on 1 ip netns exec c1 ping -i 0.02 -c 300 -W 2 "$(lease 2 c2)" >/run/ping 2>&1 &
pinging=$!
sleep 1
ovn_kill_central
wait "$pinging"
lost=$(sed -n 's/^300 packets transmitted, \([0-9]*\) received.*/\1/p' /run/ping)
echo "$((300 - lost)) of 300 packets were lost when the central host was lost"
expect "at most one packet is lost ($(grep loss /run/ping))" [ "$lost" -ge 299 ]
expect "a container starts without the central host" create 2 c3 alice
equal "status says that OVN has not bound the new NIC" "$(status_problems 2)" \
	"OVN has not bound the logical port berth-$alice-c3-0 to $(at 2 lab_port c3)"
ovn_central
logical_port "berth-$alice-c3-0" "$(hardware 2 c3)"
expect "OVN binds the port when the central host is back" bound 2 "$(at 2 lab_port c3)"

# ovs-vswitchd is killed and started again.
on 1 sh -c 'kill -9 $(cat /run/openvswitch/ovs-vswitchd.pid)'
ovn_vswitchd 1
expect "the containers reach each other after a restart of ovs-vswitchd" \
	at 1 reaches4 c1 "$(lease 2 c2)"
equal "the port keeps the name of its logical port" \
	"$(external 1 "$port1" iface-id)" "berth-$alice-c1-0"
expect "the port is bound" bound 1 "$port1"

# A container is killed, so no program calls berth-nic delete, and starts again.
at 1 lab_end_container c1
equal "Open vSwitch keeps the port" "$(external 1 "$port1" iface-id)" "berth-$alice-c1-0"
since=$(now)
expect "the container starts again" create 1 c1 alice
port=$(at 1 lab_port c1)
expect "OVN binds the new port" bound 1 "$port" "$since"
cat /run/expect.out
expect "the container gets the same address" at 1 lab_lease c1
expect "the container reaches the other chassis" at 1 reaches4 c1 "$(lease 2 c2)"
equal "the former port is gone" "$(external 1 "$port1" iface-id)" ""

# A host is restarted: the ledger is empty, and Open vSwitch has the ports of former containers.
at 1 lab_end_container c1
rm /run/h1/run/lxc/nics
since=$(now)
expect "the container starts after a restart of the host" create 1 c1 alice
former=$port
port=$(at 1 lab_port c1)
expect "OVN binds the port" bound 1 "$port" "$since"
cat /run/expect.out
equal "the former port has the same name" "$(external 1 "$former" iface-id)" "berth-$alice-c1-0"
expect "the container gets the same address" at 1 lab_lease c1
expect "the container reaches the other chassis" at 1 reaches4 c1 "$(lease 2 c2)"
vsctl 1 del-port br-int "$former"
sleep 1
expect "the container reaches the other chassis without the former port" \
	at 1 reaches4 c1 "$(lease 2 c2)"
expect "the port is still bound" bound 1 "$port"

# delete removes the port.
expect "delete succeeds" at 1 lab_delete c1 alice br-int
equal "the port and its names are gone" "$(external 1 "$port" iface-id)" ""
at 1 lab_end_container c1

# An option that OVN does not use, and one that Open vSwitch has no equivalent for.
echo 'alice veth br-int 20 vlan=20' >/run/h1/etc/lxc/lxc-usernet
expect "the container starts with vlan=20" create 1 c1 alice
expect "OVN binds the port" bound 1 "$(at 1 lab_port c1)"
expect "the container gets the same address" at 1 lab_lease c1
expect "OVN ignores the tag" at 1 reaches4 c1 "$(lease 2 c2)"
echo 'alice veth br-int 20 isolated' >/run/h1/etc/lxc/lxc-usernet
refute "isolated is refused" create 1 c4 alice
at 1 lab_end_container c1

# status and doctor report no logical port on a bridge that OVN does not manage.
vsctl 1 add-br ovs0 -- set bridge ovs0 datapath_type=netdev
on 1 ip link set ovs0 up
echo 'alice veth ovs0 9' >>/run/h1/etc/lxc/lxc-usernet
expect "a container on another bridge of Open vSwitch starts" at 1 lab_real_nic plain alice ovs0
port=$(at 1 lab_port plain)
equal "the port on the other bridge also names a logical port" \
	"$(external 1 "$port" iface-id)" "berth-$alice-plain-0"
equal "status does not report the NIC on the other bridge" "$(status_problems 1)" ""
equal "status --json has no logical port on the other bridge" "$(nic_json 1 "$port")" null
doctor 1 alice >/run/doctor
refute "doctor does not report logical ports on the other bridge" grep -q 'logical port' /run/doctor
refute "doctor does not report the other bridge as missing" grep -q 'not attached' /run/doctor
