# Random histories: see ownership.py. A seed and a number of histories can be given, to repeat one.
lab_outside
seed=${BERTH_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
timeout 540 python3 "$LAB/ownership.py" "$seed" "${BERTH_HISTORIES:-20}" >/run/histories 2>&1 || {
	cat /run/histories
	failed=$(sed -n 's/^seed \([0-9]*\):.*/\1/p' /run/histories)
	echo "repeat it with BERTH_SEED=$failed BERTH_HISTORIES=1"
	lab_failed=1
}
