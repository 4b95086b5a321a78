#!/bin/bash
# bench-status.sh BERTH BERTH-NET: prints how long berth status, berth metrics and berth doctor take
# on a host with 500 containers of 50 users, and how much memory: the median time of 7 runs, and the
# peak. For doctor, the real lxc-start starts the containers.
# BERTH_NIC is the helper to install on the test host.
set -eu
here=$(dirname "$(readlink -f "$0")")
export BERTH=$1 BERTH_NET=$2 TIMED=1 schema=$here/StatusReportTests
"$here"/lxc-host.sh "$here"/StatusReportTests/large-host.sh
containers=10 "$here"/lxc-host.sh "$here"/DoctorTests/many-users.sh
