#!/bin/bash
# A network over three hosts with the FRR of this version of Debian.
# shellcheck disable=SC2317,SC2329 # play runs it
play() {
	# shellcheck disable=SC2154 # from host.sh's caller
	expect "berth-net and FRR connect three hosts" env BERTH_NET=/usr/sbin/berth-net \
		BERTH_NIC=/usr/libexec/berth/berth-nic \
		unshare --mount --net --uts /source/Tests/NetworkHostTests/play.sh cluster-evpn
}
