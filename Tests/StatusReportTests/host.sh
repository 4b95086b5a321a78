# Prints the output of berth on a host with two networks, with containers of alice and bob that
# lxc-start started, and with carl, who has none. lxc-host.sh runs this script, and OnHost.swift
# compares what it prints.
# shellcheck shell=bash
berth=/run/host/bin/berth
: "${schema:?the directory of schema.py and terminal.py}"
export LANG=C.UTF-8 home
tree_lock
add_user bob 5001 2000000
add_user carl 5002 3000000
echo 'staff:x:7000:alice,bob' >>/etc/group
printf '%s\n' 'alice veth lxcbr0 1' 'alice veth lxcbr0 3' '@7000 veth dmz0 9' \
	'@staff veth dmz0 20' '5001 veth lxcbr0 2' 'carl veth lxcbr0 many' >/etc/lxc/lxc-usernet
mkdir -p /etc/lxc/net.d
printf '%s\n' 'LXC_BRIDGE="dmz0"' 'LXC_NETWORK="10.0.9.0/24"' 'LXC_ADDR="10.0.9.1"' \
	'LXC_DHCP_RANGE="10.0.9.2,10.0.9.254"' 'LXC_IPV6_ENABLE="false"' >/etc/lxc/net.d/dmz.conf

# fits: validates the JSON on standard input against the schema.
fits() { /usr/bin/python3 "$schema/schema.py" "$schema/../../etc/schema/berth-status.json"; }
# told WHO EXPRESSION: evaluates the expression on the JSON that berth prints for that user.
# `at(LIST, KEY=VALUE…)` returns the matching entry of a list.
told() {
	local who=$1
	if [ "$who" = root ]; then
		$berth status --json
	else
		as "$who" $berth status --json
	fi >/run/told
	fits </run/told >/run/faults || cat /run/faults
	/usr/bin/python3 - "$who" "$2" <<-'END'
		import json, sys
		told = json.load(open("/run/told"))
		def at(part, **wanted):
		    return [e for e in part if all(e[k] == v for k, v in wanted.items())]
		networks, nics, quotas, leases, hidden = (
		    told[k] for k in ("networks", "nics", "quotas", "leases", "hidden"))
		print(sys.argv[1] + ":", eval(sys.argv[2]))
	END
}

told root '[e["reason"] for e in hidden if e["part"] == "networks"]'
/run/host/bin/berth-net start >/dev/null
new_container web
printf '%s\n' 'lxc.net.1.type = veth' 'lxc.net.1.link = dmz0' 'lxc.net.1.flags = up' \
	'lxc.net.1.name = lan' 'lxc.net.1.ipv4.address = 10.0.9.77/24' \
	>>"$home/alice/.local/share/lxc/web/config"
new_container_of bob mail 10.0.3.200
as alice lxc-start -n web
as bob lxc-start -n mail
for _ in $(seq 1200); do
	! as alice lxc-info -n web -i -H | grep -q '^10.0.3.' || break
	sleep 0.1
done

echo 'what root sees'
told root '[n["state"] + " " + n["firewall"]["state"] for n in networks]'
told root '[(n["bridge"], n["owner"], n["user"], n["container"], n["name"]) for n in nics]'
told root '[a for n in nics for a in n["addresses"] if a in ("10.0.9.77", "10.0.3.200")]'
told root '(leases[0]["user"], leases[0]["container"], leases[0]["remainingSeconds"] > 3000)'
told root 'at(nics, container="web", name="eth0")[0]["addresses"][0] == leases[0]["address"]'
told root '[(q["owner"], q["bridge"], q["used"], q["allowed"]) for q in quotas]'
# Other tests use the kernel's cgroup hierarchy, too.
told root '[(e["part"], e["reason"]) for e in hidden if e["part"] != "cgroups"]'
echo 'traffic is counted as the container sees it'
host=$(told root 'at(nics, container="mail")[0]["hostName"]')
host=${host#root: }
sent=/sys/class/net/$host/statistics/tx_bytes
before=$(cat "$sent")
got=$(told root 'at(nics, container="mail")[0]["receivedBytes"]')
after=$(cat "$sent")
[ "$before" -le "${got#root: }" ] && [ "${got#root: }" -le "$after" ] \
	&& echo 'it has received what the host has sent'
as bob lxc-attach -n mail -- /bin/ping -c 1 -s 20000 -W 2 10.0.3.1 >/dev/null
told root 'at(nics, container="mail")[0]["sentBytes"] > 20000'
echo 'what alice sees'
told alice '[n["state"] + " " + n["firewall"]["state"] for n in networks]'
told alice '[(n["bridge"], n["owner"], n["user"], n["container"], n["name"]) for n in nics]'
told alice 'at(nics, name="lan")[0]["addresses"]'
told alice '[l["container"] for l in leases]'
told alice '[(q["owner"], q["bridge"], q["used"], q["allowed"]) for q in quotas]'
told alice 'sorted(set(e["part"] for e in hidden) - {"cgroups"})'
echo 'what bob and carl see'
told bob '[(n["container"], n["addresses"][0]) for n in nics]'
told bob '(leases, [e["reason"] for e in hidden if e["part"] == "leases"])'
told bob '[(q["owner"], q["bridge"], q["used"], q["allowed"]) for q in quotas]'
told carl '(nics, leases, quotas, [e["reason"] for e in hidden if e["part"] == "nics"])'
told carl '[e["reason"] for e in hidden if e["part"] == "quotas"]'
told bob '[e["reason"] for e in hidden if e["part"] == "quotas" and "line" in e["reason"]]'
as carl $berth status --json | grep -c -e alice -e bob -e web -e mail -e veth500
as carl $berth status | grep -c -e alice -e bob -e web -e mail -e veth500
as carl $berth nics
as carl $berth leases

echo 'quotas per user'
cp /etc/lxc/lxc-usernet /run/usernet
printf '%s\n' '* veth lxcbr0 2 isolated' '@staff veth dmz0 3 each' 'bob veth lxcbr0 1' \
	>/etc/lxc/lxc-usernet
quota='(q["owner"], q["bridge"], q["used"], q["allowed"], q["isPerUser"])'
for who in root alice bob carl; do
	told "$who" "[$quota + tuple(l['line'] for l in q['lines']) for q in quotas]"
done
# quotas: the quotas that the text shows.
quotas() {
	local owner='(\*|@staff|alice|bob)' use='[0-9]+ (of [0-9]+|each)( [a-z]+)?'
	$berth status | grep -oE "$owner +(lxcbr0|dmz0) $use" | tr -s ' '
}
quotas
cp /run/usernet /etc/lxc/lxc-usernet

echo 'missing parts are reported'
nft delete table inet berth_dmz0
ip address del 10.0.9.1/24 dev dmz0
told root '[(n["state"], n["firewall"]["state"], n["missing"]) for n in networks[1:]]'
told alice '[(n["state"], n["firewall"]["state"], n["missing"]) for n in networks[1:]]'
chmod 600 /var/lib/misc/dnsmasq.lxcbr0.leases
told alice '(leases, at(networks, bridge="lxcbr0")[0]["leases"],
	[e["reason"] for e in hidden if e["part"] == "leases"])'
chmod 644 /var/lib/misc/dnsmasq.lxcbr0.leases
/run/host/bin/berth-net reload >/dev/null

echo 'names that other users choose'
printf '0 00:16:3e:44:55:66 10.0.3.7 a\033[2Jb *\n' >>/var/lib/misc/dnsmasq.lxcbr0.leases
cat >/run/evil.sh <<-'END'
	exec -a "[lxc monitor] /x evil$(printf '\033')[2J" unshare -Urnpf --kill-child sleep 600
END
as alice bash /run/evil.sh 2>/dev/null &
for _ in $(seq 1200); do
	evil=$(pgrep -n -f '^sleep 600$' -u 5000) && break
	sleep 0.05
done
as alice /usr/libexec/lxc/lxc-user-nic create /x evil "$evil" veth lxcbr0 >/dev/null
nsenter -t "$evil" -n ip link set eth0 name "$(printf 'e\033[1m')"
for verb in status nics leases; do
	$berth $verb >/run/text
	grep -c "$(printf '\033')" /run/text
done
told root '[(n["container"], n["name"]) for n in nics if "evil" in n["container"]]'
told root '[l["hostName"] for l in leases if l["address"] == "10.0.3.7"]'
kill -KILL "$evil"

echo 'metrics'
# measured SERIES: its value.
measured() { $berth metrics | sed -n "s/^$1 //p"; }
checked() { /usr/bin/python3 "$schema/openmetrics.py" | sed 's/^[0-9]* series/series/'; }
no_line='berth_nic_refusals_total{reason="no-line"}'
measured 'berth_nic_refusals_total.*' | wc -l
$berth metrics | checked
# refused COUNT OPTION...: carl, who has no line, requests that many NICs at once.
refused() {
	local count=$1 n
	shift
	for n in $(seq "$count"); do
		as carl "$@" /usr/libexec/lxc/lxc-user-nic create /x "c$n" 1 veth lxcbr0
	done 2>&1 | grep -c 'no line in /etc/lxc/lxc-usernet allows user carl a veth on lxcbr0'
}
refused 1
measured "$no_line"
measured 'berth_nic_refusals_total{reason="quota"}'
for _ in 1 2 3 4; do refused 10 & done
wait %% 2>/dev/null || true
wait
measured "$no_line"
# The caller's limits do not matter.
refused 1 prlimit --fsize=0 --nofile=8 --memlock=0
measured "$no_line"
$berth metrics | checked
for series in 'berth_network_up{bridge="lxcbr0"}' 'berth_network_lease_range{bridge="lxcbr0"}' \
	'berth_nics_used{owner="bob",bridge="lxcbr0"}' \
	'berth_nics_allowed{owner="alice",bridge="lxcbr0"}' 'berth_containers{user="bob"}'; do
	measured "$series"
done
as carl $berth metrics | checked
as carl $berth metrics | grep -c -e alice -e bob -e refusals
$berth metrics --output /run/berth.prom
checked </run/berth.prom
stat -c %a /run/berth.prom
$berth metrics --output /run/none/berth.prom
echo $?

echo 'output to a terminal and to a file'
$berth status | LC_ALL=C.UTF-8 grep -c '^.\{81\}'
script -qec "$berth status" /dev/null </dev/null | grep -c "$(printf '\033')\[32mup"
NO_COLOR=1 script -qec "$berth status" /dev/null </dev/null | grep -c "$(printf '\033')"
LC_ALL=C $berth status | LC_ALL=C grep -c '[^ -~]'
TERM=xterm /usr/bin/python3 "$schema/terminal.py" $berth status --watch --interval 0.5
# watch_for FILE PATTERN OPTION…: watches until the output has the pattern twice.
watch_for() {
	local file=$1 pattern=$2 watch
	shift 2
	: >"$file"
	env --default-signal=INT $berth status --watch --interval 0.5 "$@" >"$file" &
	watch=$!
	for _ in $(seq 600); do
		[ "$(grep -c "$pattern" "$file")" -le 1 ] || break
		sleep 0.1
	done
	kill -INT $watch
	wait $watch || true
}
watch_for /run/states '^{.*}$' --json
fits </run/states >/run/faults \
	&& [ "$(wc -l </run/states)" -gt 1 ] && echo 'one JSON document per line'
watch_for /run/watched '^Networks$'
[ "$(grep -c '^Networks$' /run/watched)" -gt 1 ] && echo 'several text reports'
$berth status --watch --interval 0 >/run/said 2>&1
echo $?
echo 'a part of the status'
$berth status --user bob >/run/text
grep -c -e alice -e dmz0 /run/text
grep -c -E '^.  [├╰]─ (mail|evil) ' /run/text
$berth status --bridge dmz0 --json >/run/told
fits </run/told
/usr/bin/python3 -c 'import json
told = json.load(open("/run/told"))
print([n["container"] for n in told["nics"]], [n["bridge"] for n in told["networks"]])
print({k: v for k, v in told["summary"].items() if k != "problems"})'
$berth status --problems | sed -n '2p'
$berth status --user nobody-of-that-name
echo $?
$berth status --bridge nope0
echo $?
as carl $berth status --user alice | grep -c -e web -e veth
script -qec "stty columns 120; $berth status" /dev/null </dev/null \
	| grep -c 'address.*host NIC'
$berth nics --json | fits
$berth leases --json | fits

as alice lxc-stop -k -n web
as bob lxc-stop -k -n mail
for _ in $(seq 600); do
	ip -o link show master lxcbr0 | grep -q . || break
	sleep 0.1
done
told root '(nics, [q["used"] for q in quotas])'
echo 'a full file system'
mount -t tmpfs -o size=4k,mode=755 tmpfs /run/lxc
dd if=/dev/zero of=/run/lxc/full bs=4k count=1 2>/dev/null
refused 1
measured "$no_line"
rm /run/lxc/full
refused 2
measured "$no_line"
umount /run/lxc
/run/host/bin/berth-net stop >/dev/null
echo 'alice veth lxcbr0 many' >/etc/lxc/lxc-usernet
$berth status | grep -A 1 '^x'
