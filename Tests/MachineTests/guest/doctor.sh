#!/bin/bash
# Functions for scenarios: run berth doctor, and apply the fixes that it prints.

# doctor USER [OPTION…]: writes the report to /run/doctor, and has the exit status of berth doctor.
doctor() { berth doctor "$@" >/run/doctor 2>&1; }
# healthy WHAT USER [OPTION…]: the report has no problem.
healthy() {
	local what=$1
	shift
	doctor "$@"
	equal "$what: berth doctor succeeds" "$?" 0
	refute "$what: no problem is reported" grep -E '^  x ' /run/doctor
}
# found WHAT TEXT USER [OPTION…]: the report has a problem with this text, apart from line breaks.
found() {
	local what=$1 text=$2
	shift 2
	doctor "$@"
	equal "$what: berth doctor fails" "$?" 1
	expect "$what: the problem is reported" \
		holds "tr -s '\n ' ' ' </run/doctor | grep -qF -- '$text' || { cat /run/doctor; false; }"
}
# Writes the fixes of problems as scripts: /run/fix.root for root, /run/fix.user for the user.
fixes() {
	rm -f /run/fix.{root,user}
	awk -v quote="'" '
		/^  [x!+?] / { wanted = substr($0, 3, 1) == "x" }
		!wanted { next }
		/^      # / { print substr($0, 9) >"/run/fix.root" }
		/^      [$] / { print substr($0, 9) >"/run/fix.user" }
		/^      add to / {
			file = substr($0, 14)
			who = file ~ /, as root:$/ ? "root" : "user"
			sub(/, as [^,]*:$/, "", file)
			getline
			line = substr($0, 9)
			gsub(quote, quote "\\" quote quote, line)
			print "echo " quote line quote " >>" quote file quote >("/run/fix." who)
		}' /run/doctor
	touch /run/fix.{root,user}
	chmod 644 /run/fix.user
}
# apply_fixes WHAT USER: applies the fixes in the last report.
apply_fixes() {
	fixes
	expect "$1: a fix is printed" holds 'cat /run/fix.root /run/fix.user | grep -q .'
	expect "$1: the fix for root works" bash -e /run/fix.root </dev/null
	expect "$1: the fix for the user works" as "$2" bash -e /run/fix.user </dev/null
}
# runs USER NAME: starts the container as its user, and stops it again.
runs() {
	session su "$1" "berth-run lxc-start -n $2 -l info -o $2.log" >/run/started 2>&1 || return 1
	# shellcheck disable=SC2016 # eventually evaluates it again
	eventually holds 'as '"$1"' lxc-info -n '"$2"' -s -H | grep -q RUNNING' || return 1
	session su "$1" "berth-run lxc-stop -k -n $2"
	# The kernel needs a moment to remove the container's network.
	eventually holds '! ip -o link show master lxcbr0 | grep -q .'
}
