#!/bin/bash
# AppArmor on the machine, whose profiles every scenario plays under: sourced, there. What it denies is in the
# kernel's log.

# Berth's profiles, with those inside them.
profiles='lxc-berth-nic lxc-berth-nic//ovs-vsctl berth-run berth-net berth-net//dnsmasq
	berth-net//firewall berth-net//modprobe berth-cgroup berth-pam'

# all_in_force: the profiles as boot loaded them, and Debian's own for LXC.
all_in_force() {
	local profile
	for profile in $profiles /usr/bin/lxc-start lxc-container-default-cgns; do
		expect "$profile is in force" grep -qxF "$profile (enforce)" /sys/kernel/security/apparmor/profiles
	done
}
# confinement PROCESS
confinement() { cat "/proc/$1/attr/apparmor/current"; }
# said STATUS PROFILE NAME: whether the kernel has denied (or, asked to audit, allowed) that profile this file.
said() { dmesg | grep "apparmor=\"$1\"" | grep -F "profile=\"$2\"" | grep -qF "name=\"$3\""; }
# keep_log: what has been denied until now was meant to be.
keep_log() { dmesg -c >>/run/kernel.log; }
# nothing_denied WHAT: to Berth's programs, since the machine began or since the log was last looked at.
nothing_denied() {
	equal "nothing is denied: $1" "" \
		"$(dmesg | grep 'apparmor="DENIED"' | grep -E 'profile="(lxc-berth-|berth-)')"
	keep_log
}
# in_profile PROFILE COMMANDS: by a bash that goes on in it. What it prints goes nowhere, for the profile does
# not know the file that it would go to.
in_profile() {
	bash -c 'printf "changeprofile %s" "$1" >/proc/self/attr/apparmor/current || exit 99; eval "$2"' \
		bash "$1" "$2" </dev/null >/dev/null 2>&1
}
# denied PROFILE FILE COMMANDS: they fail, and the kernel says by what.
denied() {
	in_profile "$1" "$3"
	case $? in 0 | 99) return 1 ;; esac
	said DENIED "$1" "$2"
}
