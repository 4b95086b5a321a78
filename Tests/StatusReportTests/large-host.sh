# Creates 500 containers of 50 users: namespaces with a NIC, an address and a lease, rows in the
# ledger, and cgroups if the hierarchy can be set up. Prints what berth reports about them, or with
# TIMED, the time and memory that it takes. lxc-host.sh runs this script; LargeHost.swift compares.
# shellcheck shell=bash
berth=/run/host/bin/berth
: "${schema:?the directory of large-host.py}"
export LANG=C.UTF-8
# With berth-cgroup, lxc-host.sh has the lock.
[ -x /run/host/bin/berth-cgroup ] || tree_lock
printf '%s\n' 'LXC_NETWORK="10.0.0.0/16"' 'LXC_ADDR="10.0.0.1"' 'LXC_NETMASK="255.255.0.0"' \
	'LXC_DHCP_RANGE="10.0.1.2,10.0.9.254"' 'LXC_DHCP_MAX="1000"' >/etc/default/lxc-net
/run/host/bin/berth-net start >/dev/null
: >/etc/lxc/lxc-usernet
for u in $(seq 50); do
	echo "user$u:x:$((6000 + u)):$((6000 + u))::/:/bin/sh" >>/etc/passwd
	echo "user$u veth lxcbr0 10" >>/etc/lxc/lxc-usernet
done
[ ! -x /run/host/bin/berth-cgroup ] || /run/host/bin/berth-cgroup setup >/dev/null
/usr/bin/python3 "$schema/large-host.py" 50 10 >/run/ready &
maker=$!
for _ in $(seq 3000); do
	if grep -q ready /run/ready || ! kill -0 $maker; then break; fi
	sleep 0.1
done
grep ready /run/ready

# spent COMMAND...: its time in seconds, and its peak memory in MB.
spent() {
	/usr/bin/python3 - "$@" <<-'END'
		import resource, subprocess, sys, time
		times = []
		for _ in range(7):
		    begin = time.monotonic()
		    subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
		    times.append(time.monotonic() - begin)
		peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
		print(f"{sorted(times)[3]:.2f} s, {peak:.0f} MB")
	END
}
if [ -n "${TIMED:-}" ]; then
	echo "berth status of 500 containers: $(spent $berth status)"
	echo "berth status --json: $(spent $berth status --json)"
	echo "berth metrics: $(spent $berth metrics)"
	exit
fi

$berth status >/run/text
sed -n 1p /run/text
# The users in order, and one line for each NIC.
grep -o '^[├╰]─ user[0-9]*' /run/text | grep -o 'user.*' | tr '\n' ' '
echo
grep -A 10 '^├─ user7 ' /run/text \
	| grep -oE '(user|web).*(10 of 10|10\.0\.[0-9]+\.[0-9]+)' | tr -s ' '
grep -cE '^. +[├╰]─ web[0-9]+ +eth0 +10\.0\.[0-9.]+ ' /run/text
$berth status --problems | tail -n 1
$berth status --json >/run/told
/usr/bin/python3 "$schema/schema.py" "$schema/../../etc/schema/berth-status.json" </run/told
/usr/bin/python3 - <<'END'
import json
told = json.load(open("/run/told"))
nics = told["nics"]
print(len(nics), len({nic["identity"] for nic in nics}), len({nic["addresses"][0] for nic in nics}))
print(sum(q["used"] for q in told["quotas"]), told["summary"]["problems"])
print(len(told["leases"]), sum(lease["container"] is not None for lease in told["leases"]))
END
$berth metrics >/run/metrics
/usr/bin/python3 "$schema/openmetrics.py" </run/metrics | grep -o '[0-9]* faults'
grep -E '(containers|nics_used).*"user10"|lease' /run/metrics | grep -v '^#'
echo 'one user'
$berth status --user user10 | sed -n 1p
$berth status --user user10 | grep -c ' web'
echo 'one fault'
ip link set veth6023_0224 down
$berth status --problems >/run/text
sed -n 2p /run/text
grep -c ' web' /run/text
kill $maker
