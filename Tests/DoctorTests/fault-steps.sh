# shellcheck shell=bash
# Sourced by the scripts that break things on a host with LXC, berth-net and alice. Prepares this
# host with a healthy container `web`, and defines the steps of a fault: `fault` prints the verdict
# of berth doctor before and after it applies the printed fix verbatim. lxc-host.sh defines
# as_alice, new_container and home.

berth=/run/host/bin/berth
: "${schema:?the directory of schema.py}"
export HOME="${home:?}/alice" PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

# berth doctor searches the directories of installed programs.
mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
ln -s /run/host/bin/berth-net /usr/local/sbin/berth-net
rm -rf /etc/lxc/lxc-usercgroup /etc/sysctl.d
mkdir /etc/sysctl.d

as_alice mkdir -p "$HOME"/.config/lxc
printf '%s\n' 'lxc.include = /etc/lxc/default.conf' 'lxc.idmap = u 0 1000000 65536' \
	'lxc.idmap = g 0 1000000 65536' >"$HOME"/.config/lxc/default.conf
chown 5000:5000 "$HOME"/.config/lxc/default.conf
echo 'alice veth lxcbr0 10' >/etc/lxc/lxc-usernet
berth-net start >/dev/null
new_container web

# verdict CHECK: prints the most severe verdict of a check, or "none".
verdict() {
	python3 - "$1" <<-'PYTHON'
		import json, sys
		findings = json.load(open("/run/doctor.json"))["users"][0]["findings"]
		found = [f["verdict"] for f in findings if f["check"] == sys.argv[1]]
		order = ["problem", "warning", "unknown", "ok", "none"]
		print(min(found + ["none"], key=order.index))
	PYTHON
}

# fixes CHECK root|user: prints the steps for root or for the user, as a script.
fixes() {
	python3 - "$1" "$2" <<-'PYTHON'
		import json, shlex, sys
		for finding in json.load(open("/run/doctor.json"))["users"][0]["findings"]:
		    if finding["check"] == sys.argv[1] and finding["verdict"] not in ("ok", "unknown"):
		        for fix in finding["fixes"]:
		            if fix.get("by") != sys.argv[2]: continue
		            if "command" in fix: print(fix["command"])
		            if "line" in fix:
		                print("echo", shlex.quote(fix["line"]), ">>", shlex.quote(fix["file"]))
	PYTHON
}

# message CHECK: prints the first message that reports a fault.
message() {
	python3 - "$1" <<-'PYTHON'
		import json, sys
		for finding in json.load(open("/run/doctor.json"))["users"][0]["findings"]:
		    if finding["check"] == sys.argv[1] and finding["verdict"] not in ("ok", "unknown"):
		        print(finding["place"] + ": " + finding["message"])
		        break
	PYTHON
}

# start NAME: starts alice's container. A start that does not end within a minute is tried once
# more.
start() {
	local status=0
	as_alice timeout -k 1 60 lxc-start -n "$1" >/dev/null 2>&1 || status=$?
	[ $status = 124 ] || return $status
	as_alice timeout -k 1 20 lxc-stop -k -n "$1" >/dev/null 2>&1
	as_alice timeout -k 1 60 lxc-start -n "$1" >/dev/null 2>&1
}

starts() {
	local name=${container:-web} ports
	ports=$(ip -o link show master lxcbr0 2>/dev/null | wc -l)
	if start "$name"; then
		echo starts
		as_alice lxc-stop -k -n "$name" >/dev/null 2>&1
		# The kernel removes its NIC asynchronously.
		for _ in $(seq 600); do
			[ "$(ip -o link show master lxcbr0 2>/dev/null | wc -l)" -gt "$ports" ] || break
			sleep 0.1
		done
	else
		echo fails
	fi
}

doctor() {
	local status=0
	"$berth" doctor alice --json "$@" >/run/doctor.json || status=$?
	{ tr -d '\n' </run/doctor.json; echo; } >>/run/documents
	return $status
}

# fault NAME CHECK [-s] [OPTION...]: checks what was broken just before, applies the fixes, and
# checks again. With -s, lxc-start also runs before and after the fix.
fault() {
	local name=$1 check=$2 tries=
	shift 2
	[ "${1:-}" != -s ] || { tries=yes; shift; }
	doctor "$@"
	local line
	line="$name: $(verdict "$check")${tries:+ $(starts)}"
	message "$check" >>/run/messages
	fixes "$check" root >/run/fix.root
	fixes "$check" user >/run/fix.user
	bash -e /run/fix.root >/run/fix.log 2>&1 || { echo "$name: the fix fails"; cat /run/fix.log; }
	as_alice bash -e /run/fix.user || echo "$name: the user's fix fails"
	doctor "$@"
	echo "$line -> $(verdict "$check")${tries:+ $(starts)}"
}

healthy() {
	local status
	doctor
	status=$?
	echo "$1: $status $(grep -c '"verdict" : "problem"' /run/doctor.json)"
	as_alice "$berth" doctor --container web >/dev/null
	echo "$1, run by alice: $?"
}

# conclude: validates every document that doctor printed, and prints the messages of the faults.
conclude() {
	/usr/bin/python3 "$schema/schema.py" "$schema/../../etc/schema/berth-doctor.json" \
		</run/documents | sed 's/^[0-9]* //'
	cat /run/messages
}
