# shellcheck shell=bash
# For lxc-host.sh: starts and stops a container with two NICs, one with a name, three times. Each
# time, prints its NICs with their MTUs, and the number of rows in the ledger.
echo 'alice veth lxcbr0 2 mtu=1400' >/etc/lxc/lxc-usernet
new_container web 10.0.3.10
cat >>"${home:?}/alice/.local/share/lxc/web/config" <<-'END'
	lxc.net.0.name = lan
	lxc.net.1.type = veth
	lxc.net.1.link = lxcbr0
	lxc.net.1.flags = up
END
for _ in 1 2 3; do
	as_alice lxc-start -n web && as_alice lxc-wait -n web -s RUNNING -t 300
	as_alice lxc-attach -n web -- /bin/ip -o link \
		| sed -n 's/.*: \(.*\)@.*mtu \([0-9]*\).*/\1 \2/p' | sort
	wc -l </run/lxc/nics
	stop_alices web 0
done
