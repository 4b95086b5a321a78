#!/bin/bash
# Functions for scenarios: AppArmor on the machine. Every scenario runs under the profiles of Berth.
# The kernel logs what they deny.

# Berth's profiles and their child profiles.
profiles='lxc-berth-nic lxc-berth-nic//ovs-vsctl berth-run berth-net berth-net//dnsmasq
	berth-net//firewall berth-net//modprobe berth-cgroup berth-pam'

# all_in_force: checks the profiles that boot loaded, and Debian's profiles for LXC.
all_in_force() {
	local profile
	for profile in $profiles /usr/bin/lxc-start lxc-container-default-cgns; do
		expect "profile $profile is enforced" \
			grep -qxF "$profile (enforce)" /sys/kernel/security/apparmor/profiles
	done
}
# confinement PID: prints the profile of a process.
confinement() { cat "/proc/$1/attr/apparmor/current"; }
# said STATUS PROFILE NAME: whether the kernel logged that the profile denied this file, or allowed
# and audited it.
said() { dmesg | grep "apparmor=\"$1\"" | grep -F "profile=\"$2\"" | grep -qF "name=\"$3\""; }
# keep_log: discards the denials up to now, which were intended.
keep_log() { dmesg -c >>/run/kernel.log; }
# nothing_denied WHAT: AppArmor has denied no program of Berth anything since boot or since the
# last call. Transitions to child profiles that are denied while their profile is replaced are
# tried again.
nothing_denied() {
	equal "AppArmor denies nothing: $1" "" \
		"$(dmesg | grep 'apparmor="DENIED"' | grep -E 'profile="(lxc-berth-|berth-)' \
			| grep -v 'info="profile transition not found"')"
	keep_log
}
# in_profile PROFILE COMMANDS: runs the commands in a shell under that profile. Discards their
# output, because the profile does not allow writing to the output file.
in_profile() {
	bash -c \
		'printf "changeprofile %s" "$1" >/proc/self/attr/apparmor/current || exit 99; eval "$2"' \
		bash "$1" "$2" </dev/null >/dev/null 2>&1
}
# denied PROFILE FILE COMMANDS: the commands fail, and the kernel logged the denial.
denied() {
	in_profile "$1" "$3"
	case $? in 0 | 99) return 1 ;; esac
	said DENIED "$1" "$2"
}
