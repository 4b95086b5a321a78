#!/bin/sh
# play.sh SCENARIO: plays a scenario in new mount, network and UTS namespaces, with the program that
# BERTH_NET names.
#
#	unshare -m -n -u -- Tests/NetworkHostTests/play.sh ordinary
#
# Status 77: the scenario was skipped, for the reason in the last line.
LAB=$(dirname "$(readlink -f "$0")")
export LAB BERTH_NET
# shellcheck source=Tests/NetworkHostTests/lab.sh
. "$LAB/lab.sh"
lab_begin
# shellcheck source=/dev/null
. "$LAB/scenarios/$1.sh"
lab_verdict
