# A property-based test with random histories: see ownership.py. BERTH_SEED sets the first seed, and
# BERTH_HISTORIES the number of histories. By default each run has the same histories, so that a new
# failure is due to a change of the code.
lab_outside
seed=${BERTH_SEED:-1}
timeout 540 python3 "$LAB/ownership.py" "$seed" "${BERTH_HISTORIES:-20}" >/run/histories 2>&1 || {
	cat /run/histories
	failed=$(sed -n 's/^seed \([0-9]*\):.*/\1/p' /run/histories)
	echo "repeat it with BERTH_SEED=$failed BERTH_HISTORIES=1"
	lab_failed=1
}
