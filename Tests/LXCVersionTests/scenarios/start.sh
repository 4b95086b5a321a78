# Containers of a user with the lxc-start of this Debian: NICs, quota, DHCP, NAT, cgroups, restart.
# init files: none

# shellcheck disable=SC2154 # cgroups sets variables
play() {
	local name config=/home/alice/.local/share/lxc/web/config
	add_alice
	outside_host
	cgroups
	echo 'LXC_DHCP_HOSTS="alice/web,10.0.3.9"' >>/etc/default/lxc-net
	ln -sf ../berth/berth-nic /usr/libexec/lxc/lxc-user-nic
	expect "the network starts" berth-net start
	expect "the network is up" berth-net status
	equal "nothing remains to be changed" "$(berth-net plan)" ""

	for name in web db more; do
		expect "alice creates the container $name" new_container alice "$name"
	done
	as alice sh -c 'mkdir -p .config/lxc && cp /run/web.conf .config/lxc/default.conf'
	sound "before the first start"

	equal "web gets the address that is reserved for it" "$(start_alices web)" 10.0.3.9
	expect "web reaches the outside host" \
		eventually in_cgroup lxc-attach -n web -- ping -c 1 -W 2 192.0.2.2
	expect "berth-nic created the NIC" grep -q '^alice veth lxcbr0 veth' /run/lxc/nics
	if [ -n "$limit" ]; then
		expect "web is in a cgroup of alice" \
			grep -qE '^/berth/u[0-9]+/run-[0-9a-z]+/lxc.payload.web$' <<<"$(cgroup_of web)"
		equal "alice's limit is set" \
			"$(cat /sys/fs/cgroup/berth/u*/"$limit")" "$value"
	fi
	expect "db starts" start_alices db
	explained "a third NIC" nic-quota more
	found "a third NIC" "alice has used 2 of 2 NICs on lxcbr0" alice
	expect "berth status shows web" holds 'berth status | grep -qw web'
	expect "berth status shows db" holds 'berth status | grep -qw db'
	expect "db stops" as alice lxc-stop -k -n db
	expect "the NIC of db no longer counts" \
		eventually holds '! berth doctor alice | grep -q "has used 2"'
	sound "while a container runs"

	name=$(init_of web)
	expect "web stops" as alice lxc-stop -k -n web
	equal "web gets the same address again" "$(start_alices web)" 10.0.3.9
	refute "web has another init after the restart" [ "$name" = "$(init_of web)" ]
	# The kernel may still have to remove the NIC that web had before.
	expect "more starts when web's former NIC is gone" eventually start_alices more

	as alice lxc-stop -k -n more
	as alice lxc-stop -k -n web
	expect "no NIC remains" eventually no_nics
	cp -a "$config" /run/config
	echo lxc.nonsense=1 >>"$config"; explained "an unknown key" key web
	sed 's/lxcbr0/nosuch0/' /run/config >"$config"; explained "an absent bridge" nic-no-bridge web
	sed '/^lxc.idmap/d' /run/config >"$config"; explained "no ID map" pin web
	cp -a /run/config "$config"
	expect "the network stops" berth-net stop
	explained "no network" nic-no-bridge web
	refute "the bridge is removed" ip link show lxcbr0
	equal "no firewall table remains" "$(nft list tables)" ""
}

# in_cgroup COMMAND…: alice runs it with berth-run, if there are cgroups.
in_cgroup() {
	local run=()
	[ -z "$limit" ] || run=(berth-run)
	as alice "${run[@]}" "$@"
}
# start_alices NAME: starts the container, and prints its address.
start_alices() {
	in_cgroup lxc-start -n "$1" -l info -o "/home/alice/$1.log" \
		|| { cat "/home/alice/$1.log"; return 1; }
	# shellcheck disable=SC2016 # eventually evaluates it again
	eventually holds 'as alice lxc-info -n '"$1"' -i -H | grep -qv :' || return
	as alice lxc-info -n "$1" -i -H | grep -v :
}
