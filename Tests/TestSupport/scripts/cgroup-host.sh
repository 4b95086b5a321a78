#!/bin/bash
# cgroup-host.sh BERTH-RUN BERTH-CGROUP BERTH-PAM: mounts the cgroup hierarchy on a test host, and
# installs the programs. Bob is in the group team.
set -e
# shellcheck source=Tests/cgroup-tree.sh
. "$(dirname "$0")/../../cgroup-tree.sh"
tree_mount
echo team:x:2010:bob >>/etc/group
install -m 4755 "$1" /run/test/bin/berth-run
[ ! -e "$1.nss" ] || install -m 700 "$1.nss" /run/test/bin/berth-run.nss
install -m 755 "$2" /run/test/bin/berth-cgroup
install -m 755 "$3" /run/test/bin/berth-pam
rm -rf /etc/lxc/lxc-usercgroup
