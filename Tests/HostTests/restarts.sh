# shellcheck shell=bash
# For lxc-host.sh. While six processes are busy, restarts alice's container RESTARTS times in each
# of three ways: by lxc-stop and lxc-start, after its init was killed, and by a reboot from inside.
# Prints how many hardware addresses it had.

home=${home:?}
quit() {
	echo "$*"
	tail -n 5 "$home/alice/web.log"
	exit 1
}
# The IDs of processes change while this script looks at them.
init() { as_alice lxc-info -n web -p -H 2>/dev/null; }
# running FORMER: waits until the container has an init other than FORMER. Sets init.
running() {
	local deadline=$((SECONDS + 60))
	while init=$(init); [ -z "$init" ] || [ "$init" = "$1" ] || ! address "$init" >/dev/null; do
		[ $SECONDS -lt $deadline ] || quit "the container is not running again"
		sleep 0.02
	done
}
address() { nsenter -t "$1" -n ip -o link show eth0 2>/dev/null | grep -o 'ether [^ ]*'; }
start() { as_alice lxc-start -n web -l error -o web.log || quit "lxc-start failed"; }

stop_and_start() {
	as_alice lxc-stop -k -n web
	start
}
kill_and_start() {
	kill -KILL "$1"
	as_alice lxc-wait -n web -s STOPPED -t 60 || quit "the container does not stop"
	start
}
reboot_inside() { nsenter -t "$1" -U -p -m /bin/busybox reboot -f; }

new_container web
echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
for _ in 1 2 3 4 5 6; do
	(while :; do :; done) &
done
start
running ''
for way in stop_and_start kill_and_start reboot_inside; do
	for _ in $(seq "${RESTARTS:?}"); do
		former=$init
		$way "$former" </dev/null
		running "$former"
		address "$init" >>"/tmp/$way"
	done
	echo "$way: $(wc -l <"/tmp/$way") restarts," \
		"$(ip -d link show type veth | grep -c alias) NIC, $(wc -l </run/lxc/nics) row"
done
echo "addresses: $(sort -u /tmp/{stop_and_start,kill_and_start,reboot_inside} | wc -l)"
as_alice lxc-stop -k -n web
