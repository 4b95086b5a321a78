#!/bin/bash
# open-vswitch.sh: starts Open vSwitch with its userspace datapath, and creates the bridge ovs0.
set -e
mkdir -p /run/openvswitch
cd /run/openvswitch
ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server --remote=punix:db.sock --pidfile --detach --no-chdir conf.db
ovs-vsctl --no-wait init
ovs-vswitchd --disable-system --pidfile --detach --no-chdir
ovs-vsctl --timeout=120 add-br ovs0 -- set bridge ovs0 datapath_type=netdev
ip link set ovs0 up
