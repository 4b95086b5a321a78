# shellcheck shell=bash
# Functions for scripts that start many berth-nic processes at once.

eve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }

# patiently WORD…: runs berth-nic as eve, and retries while others hold the lock. berth-nic gives up
# after ten seconds, and others may hold the lock longer on a busy machine.
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
