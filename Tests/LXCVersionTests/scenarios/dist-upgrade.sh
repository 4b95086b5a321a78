# Debian 12 is upgraded to 13 while the package, two networks and a container are in use:
# diversions, settings and the container stay, and LXC 6 uses Berth.
# suite: bookworm
# init files: package
# upgrades to: trixie

# shellcheck source=Tests/MachineTests/guest/package.sh
. /source/Tests/MachineTests/guest/package.sh
# shellcheck source=Tests/MachineTests/guest/network.sh
. /source/Tests/MachineTests/guest/network.sh

helper=/usr/libexec/lxc/lxc-user-nic

# shellcheck disable=SC2016,SC2034 # holds evaluates it; play prints the suite
play() {
	local process nic lease stock
	export DEBIAN_FRONTEND=noninteractive
	outside_host
	# The package netbase of Debian 13 creates it.
	echo '127.0.0.1 localhost' >/etc/hosts
	stock=$(sha256sum <$helper)
	expect "the package can be installed" apt-get -q -y install /machine/berth.deb
	add_alice
	administrator
	cgroups
	diversions >/root/diversions
	equal "Berth diverts three files" 3 "$(wc -l </root/diversions)"
	expect "the networks start" berth-net start
	settings >/root/settings
	expect "alice creates a container" new_container alice web
	as alice sh -c 'mkdir -p .config/lxc && cp /run/web.conf .config/lxc/default.conf'
	equal "the container gets the address that is reserved for it" \
		"$(start_container alice web)" 10.0.3.77
	expect "the container reaches the outside host" eventually reaches_outside
	sound "with Debian 12"
	equal "lxc-start is LXC 5" 5 "$(lxc-start --version | cut -d . -f 1)"

	process=$(container_process)
	nic=$(cat /run/lxc/nics)
	lease=$(grep ' 10.0.3.77 ' /var/lib/misc/dnsmasq.lxcbr0.leases)
	mv /etc/apt/sources.list.trixie /etc/apt/sources.list
	probe
	# ipfilter protects the addresses that this host has got since the start.
	expect "the networks are reloaded" berth-net reload
	equal "nothing remains to be changed with Debian 12" "$(berth-net plan)" ''
	tables >/root/tables
	equal "each network, the tunnel and ipfilter have a table" 4 "$(grep -c ^table /root/tables)"
	# As Debian's release notes recommend, in two steps. Nothing answers questions about conffiles.
	expect "the packages can be upgraded" apt-get -q -y upgrade </dev/null
	expect "the distribution can be upgraded" upgrade_distribution
	nothing_lost "during the upgrade"
	suite=trixie
	equal "lxc-start is LXC 6" 6 "$(lxc-start --version | cut -d . -f 1)"
	refute "LXC's helper is another one" [ "$stock" = "$(sha256sum <$helper.lxc)" ]

	equal "the diversions are as before" "$(diversions)" "$(cat /root/diversions)"
	equal "LXC's helper has mode 0755" "$(stat -c '%a %U %G' $helper.lxc)" '755 root root'
	equal "lxc-start finds Berth's helper" \
		"$(readlink -f $helper)" /usr/libexec/berth/berth-nic
	equal "only berth-run and berth-nic are setuid" \
		"$(setuid_programs)" $'/usr/bin/berth-run\n/usr/libexec/berth/berth-nic'
	equal "no setting has changed" "$(settings)" "$(cat /root/settings)"
	equal "no other version of a setting exists" \
		"$(find /etc -name '*.dpkg-*' -path '*lxc*' -o -name '*.dpkg-*' -name '*berth*')" ''
	equal "all of Berth's files are unchanged, except for what the administrator changed" \
		"$(altered berth)" '??5?????? c /etc/profile.d/berth.sh'
	expect "PAM still runs Berth" grep -q berth-pam /etc/pam.d/common-session

	expect "the networks are up" berth-net status
	# nft of Debian 13 lists the same rules differently.
	refute "nft lists the same tables differently" [ "$(tables)" = "$(cat /root/tables)" ]
	equal "nothing remains to be changed" "$(berth-net plan)" ''
	equal "the container keeps running" "$(container_process)" "$process"
	equal "the container keeps its NIC" "$(cat /run/lxc/nics)" "$nic"
	equal "the container keeps its lease" \
		"$(grep ' 10.0.3.77 ' /var/lib/misc/dnsmasq.lxcbr0.leases)" "$lease"
	expect "the container reaches the outside host" eventually reaches_outside
	sound "after the upgrade"
	expect "the networks can be reloaded" berth-net reload
	expect "a rule is replaced" replace_rule
	refute "the change of one rule is found" berth-net plan
	equal "only the table with this rule is loaded again" \
		"$(berth-net reload)" '~ lxcbr0: firewall table inet berth_lxcbr0'
	expect "the networks can be restarted with the new dnsmasq" berth-net restart
	expect "dnsmasq is the new one" holds '[ -e "/proc/$(dnsmasq_process)/exe" ]'
	nothing_lost "by a reload and a restart"

	expect "the container stops" as alice lxc-stop -k -n web
	expect "its NIC is removed" eventually holds \
		'! ip -o link show master lxcbr0 | grep -q veth1000'
	equal "the container gets its address with LXC 6" "$(start_container alice web)" 10.0.3.77
	expect "berth-nic created its NIC" holds \
		'ip link show "$(cut -d " " -f 4 /run/lxc/nics)" | grep -q "alias lxc:alice/web"'
	expect "the container reaches the outside host" eventually reaches_outside
	sound "with LXC 6"
	process=$(container_process)
	expect "the next version can be installed" apt-get -q -y install /machine/next.deb
	equal "the diversions are still as before" "$(diversions)" "$(cat /root/diversions)"
	equal "the container keeps running during the upgrade of Berth" \
		"$(container_process)" "$process"
	nothing_lost "by the upgrade of Berth"
	end_probe
	sound "after the upgrade of Berth"

	as alice lxc-stop -k -n web
	expect "the package can be purged" apt-get -q -y purge berth
	equal "no file of LXC is diverted" "$(diversions)" ''
	equal "LXC's helper is setuid again" "$(stat -c '%a %U %G' $helper)" '4755 root root'
	equal "LXC's files are those of its packages" "$(altered lxc liblxc-common)" \
		$'??5?????? c /etc/default/lxc-net\n??5?????? c /etc/lxc/default.conf'
	refute "lxc-usercgroup is removed" test -e /etc/lxc/lxc-usercgroup
	expect "lxc-usernet is kept" grep -q '^alice ' /etc/lxc/lxc-usernet
	refute "PAM no longer runs Berth" grep -q berth /etc/pam.d/common-session
	expect "lxc-net starts" /usr/libexec/lxc/lxc-net start
	expect "the container starts with LXC's helper" start_container alice web
	as alice lxc-stop -k -n web
}

# The administrator changes settings, conffiles of LXC and Berth among them.
administrator() {
	printf '%s\n' 'LXC_DOMAIN="test"' 'LXC_DHCP_HOSTS="alice/web,10.0.3.77"' \
		'LXC_FORWARDS="tcp:8080=alice/web:80"' >>/etc/default/lxc-net
	mkdir -p /etc/lxc/net.d
	printf '%s\n' LXC_BRIDGE=br7 LXC_ADDR=10.7.7.1 LXC_DHCP_RANGE=10.7.7.10,10.7.7.90 \
		LXC_IPV6_PREFIX=fd42:88:88:88 LXC_VXLAN=77 LXC_VXLAN_LOCAL=192.0.2.1 \
		LXC_VXLAN_PEERS=192.0.2.2 >/etc/lxc/net.d/seven.conf
	echo 'alice veth br7 1 isolated ipfilter' >>/etc/lxc/lxc-usernet
	echo 'lxc.net.0.mtu = 1500' >>/etc/lxc/default.conf
	echo '# changed' >>/etc/profile.d/berth.sh
	expect "PAM runs Berth" pam-auth-update --enable berth
}
settings() {
	find /etc/lxc /etc/default/lxc-net /etc/profile.d/berth.sh /etc/pam.d/berth-session \
		/etc/apparmor.d/*berth* /etc/init.d/berth* -type f -exec ls -l {} + -exec sha256sum {} +
}
# altered PACKAGE…: prints its files that are not as in the package. Documents are not installed.
altered() { dpkg --verify "$@" | grep -v '^missing *\(c \)\?/usr/share/\(man\|doc\|locale\)'; }
tables() { nft -s -t list ruleset; }
# replace_rule: puts another rule in the place of one of Berth's.
replace_rule() {
	nft replace rule inet berth_lxcbr0 answers handle "$(
		nft -a list chain inet berth_lxcbr0 answers | sed -n 's/.*dport 68.*# handle //p'
	)" counter
}
diversions() { dpkg-divert --list | grep lxc; }
upgrade_distribution() { apt-get -q -y --no-install-recommends dist-upgrade </dev/null; }
