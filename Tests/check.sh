#!/bin/bash
# check.sh STEP…: runs the steps one after another, and ends with one line that counts the results
# of all of them. Fails if a test failed, or if a step ran no tests.
#
#   unit         tests that need no host: decisions, and the rules of the source
#   host         tests in private namespaces, with the programs that `make` built; as root
#   musl         the programs for musl: how they are linked, and hostile callers; as root
#   musl-host    the tests of berth-nic and berth-run in step host, with the programs for musl
#   machines     the scenarios named in MACHINES, on machines that boot in QEMU; as root
#   roots        the scenarios named in ROOTS, with other versions of Debian and LXC; as root
#   package      the Debian package on hosts that are directories; as root
#   make:TARGET  a target of the Makefile: if its last line has no counts, its exit status counts
#
# Each kind of test has a separate run, so that its results do not wait for the others.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
swift=${SWIFT:-swift}
read -ra flags <<<"${SWIFT_FLAGS:-}"
log=.build/check
mkdir -p "$log"
# The number of tests that run at once. Many of them only wait, so it exceeds the number of
# processors. Without a limit, Swift starts hundreds of processes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$((4 * $(nproc)))

# The number of seconds after which Swift's test runner is killed: a test that never ends fails.
limit=3600

# A test that is in none of these lists is a unit test.
host=(
	'^(ComplianceTests|HostTests|NetworkHostTests)\.' '^CgroupAdminTests\.(?!Decisions)'
	'^CgroupStatusTests\.OnHost'
	'^NetlinkTests\.Kernel' '^DoctorTests\.([A-Za-z]*Faults|HostileFiles|ManyUsers)'
	'^StatusReportTests\.(OnHost|LargeHost|Completions)'
	'^HouseTests\.((Static)?Closure|Hardening|House/helped|Release/(programs|unprivileged|pages))'
)
machines='^MachineTests\.MachineTests'
package='^MachineTests\.PackageTests'
roots='^LXCVersionTests\.'

passed=0 failed=0 skipped=0
# count PASSED FAILED SKIPPED
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }
close() {
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed > 0))
}

# run_tests STEP OPTION…: runs the Swift tests that the options select, and prints the failures
# again at the end.
built=
run_tests() {
	local step=$1 status=0 counts
	shift
	if [ -z "$built" ]; then
		"$swift" build "${flags[@]}" --build-tests || { count 0 1 0; close; }
		built=yes
	fi
	rm -f "$log/$step.json"
	timeout --kill-after=10 "$limit" "$swift" test "${flags[@]}" --skip-build --disable-xctest \
		--event-stream-output-path "$log/$step.json" "$@" 2>&1 </dev/null \
		| tee "$log/$step.log" || status=$?
	[ "$status" != 124 ] || echo "check.sh: $step was ended after $limit seconds"
	if [ "$status" != 0 ]; then
		echo "What failed in $step, again:"
		grep -A 12 -e ' recorded an issue' -e ' error: ' "$log/$step.log"
	fi
	counts=$(Tests/count.py "$status" "$log/$step.json") || counts='0 1 0'
	# shellcheck disable=SC2086 # three numbers
	count $counts
}

# run_musl STEP: builds the programs for musl, and runs those of the host's tests that concern them.
run_musl() {
	local step=$1 place=$PWD/.build/musl/release test
	local -x BERTH_NIC=$place/berth-nic BERTH_RUN=$place/berth-run BERTH_PAM=$place/berth-pam
	local -a filter=()
	shift
	if ! compgen -G '/usr/lib/*-linux-musl/libc.a' >/dev/null && ! ldd --version 2>&1 | grep -q musl
	then
		echo "check.sh: $step is skipped, because musl-dev is not installed"
		count 0 0 1
		return
	fi
	run_make musl
	for test; do filter+=(--filter "$test"); done
	run_tests "$step" "${filter[@]}"
}

# run_make TARGET
run_make() {
	local status=0 counts
	make --no-print-directory "$1" 2>&1 | tee "$log/make.log" || status=$?
	counts=$(tail -n 1 "$log/make.log" \
		| sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 0\4/p')
	if [ -n "$counts" ] && [[ $status = 0 || $counts != *' 0 '* ]]; then
		# shellcheck disable=SC2086 # three numbers
		count $counts
	else
		count $((status == 0)) $((status != 0)) 0
	fi
	# If the programs cannot be built, nothing else can be tested.
	[ "$1" != all ] || [ "$status" = 0 ] || close
}

for step; do
	echo "== $step"
	case $step in
		unit)
			skip=()
			for tests in "${host[@]}" "$machines" "$package" "$roots"; do
				skip+=(--skip "$tests")
			done
			run_tests unit "${skip[@]}"
			;;
		host)
			filter=()
			for tests in "${host[@]}"; do filter+=(--filter "$tests"); done
			run_tests host "${filter[@]}"
			;;
		musl)
			run_musl musl '^HouseTests\.(StaticClosure|Hardening)' '^HostTests\.HostileSurroundings'
			;;
		musl-host)
			run_musl musl-host '^HouseTests\.(StaticClosure|Hardening)' \
				'^(ComplianceTests|HostTests)\.'
			;;
		machines) run_tests machines --filter "$machines" ;;
		roots) run_tests roots --filter "$roots" ;;
		package) run_tests package --filter "$package" ;;
		make:*) run_make "${step#make:}" ;;
		*) echo "$0: there is no step $step" >&2; exit 2 ;;
	esac
done
close
