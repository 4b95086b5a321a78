# shellcheck shell=bash
# For lxc-host.sh: prints what lxc-start logs without the bridge, without a line for alice, and
# without lxc-usernet.
HOME=${home:?}/alice
logged() {
	rm -f ~/log
	as_alice lxc-start -n web -l info -o ~/log 2>/dev/null
	grep -o 'berth-nic: .*' ~/log | head -n 1
}

new_container web 10.0.3.10
ip link set lxcbr0 name other0
logged
ip link set other0 name lxcbr0
echo 'bob veth lxcbr0 2' >/etc/lxc/lxc-usernet
logged
rm /etc/lxc/lxc-usernet
logged
