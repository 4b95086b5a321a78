# shellcheck shell=bash
# For scripts that start many berth-nic at once: sourced.

eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }

# patiently WORD…: berth-nic as eve, again while others hold the lock: it gives up after ten
# seconds, and on a busy machine the others may need longer.
patiently() {
	local said status
	while
		said=$(eve /run/test/bin/ours-nic "$@" 2>&1)
		status=$?
		[[ $status != 0 && $said == *'the lock of'* ]]
	do :; done
	echo "$said"
	return $status
}
