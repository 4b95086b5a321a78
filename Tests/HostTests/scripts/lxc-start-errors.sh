# shellcheck shell=bash
# For lxc-host.sh: the log of lxc-start when berth-nic refuses: without the bridge, a line for
# alice, and a policy.
HOME=${home:?}/alice
why() {
	rm -f ~/log
	as_alice lxc-start -n web -l info -o ~/log 2>/dev/null
	grep -o 'berth-nic: .*' ~/log | head -n 1
}

new_container web 10.0.3.10
ip link set lxcbr0 name other0
why
ip link set other0 name lxcbr0
echo 'bob veth lxcbr0 2' >/etc/lxc/lxc-usernet
why
rm /etc/lxc/lxc-usernet
why
