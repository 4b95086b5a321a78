#!/bin/sh
# play.sh SCENARIO: runs a scenario in new mount, network and UTS namespaces, with the programs
# that BERTH_NET, BERTH_NIC and BERTH name.
#
#	unshare -m -n -u -- Tests/NetworkHostTests/play.sh ordinary
#
# Status 77: the scenario was skipped, for the reason in the last line.
for kind in mnt net uts; do
	[ "$(readlink /proc/self/ns/$kind)" != "$(readlink /proc/$PPID/ns/$kind)" ] || {
		echo "$0 changes the host: run unshare -m -n -u -- $0 $1" >&2
		exit 2
	}
done
LAB=$(dirname "$(readlink -f "$0")")
export LAB BERTH BERTH_NET BERTH_NIC
# shellcheck source=Tests/NetworkHostTests/lab.sh
. "$LAB/lab.sh"
lab_begin
# shellcheck source=/dev/null
. "$LAB/scenarios/$1.sh"
lab_verdict
