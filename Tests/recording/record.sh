#!/bin/bash
# record.sh: plays the scene on an emulated machine with OpenRC and with what `make install`
# installs. As root. Writes what the terminal showed to berth.output and the times to berth.timing:
# see scriptreplay(1). Then draws berth.svg, the picture at the top of README.md, from these two
# files.
set -eu
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
	echo '# init files: openrc'
	printf 'scene=%q\nplay=%q\n' "$(cat "$here/scene")" "$(cat "$here/play")"
	cat <<'SCENARIO'
before_boot() {
	rc-update -q delete lxc-net default
	rc-update -q add berth-cgroup default
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	echo 'alice cpu,io,memory,pids memory.max=600M pids.max=600' >/etc/lxc/lxc-usercgroup
	printf '%s\n' 'USE_LXC_BRIDGE="true"' 'LXC_DHCP_PING="false"' 'LXC_IPV6_ENABLE="false"' \
		>/etc/default/lxc-net
}
after_boot() {
	local name config=/home/alice/.config/lxc/default.conf
	outside
	for name in web db more; do
		new_container alice $name
		# The file that doctor checks when no container is named.
		install -D -o alice -g alice /run/$name.conf $config
		echo 'lxc.cgroup2.memory.max = 40M' >>/home/alice/.local/share/lxc/$name/config
	done
	chown -R alice:alice /home/alice/.config
	echo "$scene" >/run/scene
	echo "$play" >/run/play
	TERM=xterm-256color script -q -e --log-out /run/output --log-timing /run/timing \
		--logging-format classic \
		-c 'stty rows 24 columns 80; bash /run/play /run/scene' </dev/null >/dev/null
	for name in output timing; do
		echo "-- $name"
		base64 /run/$name
	done
	echo '-- end'
}
SCENARIO
} >"$work/scenario"
MACHINE_SECONDS=900 MACHINE_LOG=$work/console \
	"$here"/../MachineTests/run.sh openrc/recording "$work/scenario" >"$work/said" \
	|| { cat "$work/said" >&2; exit 1; }
for name in output timing; do
	sed -n "/^-- $name\$/,/^-- /p" "$work/said" | grep -v '^--' | base64 -d >"$here/berth.$name"
done
"$here"/render.py >"$here/berth.svg"
