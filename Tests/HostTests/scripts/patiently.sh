# shellcheck shell=bash
# Functions for scripts that start many berth-nic processes at once.

# as USER WORD…: runs a command as the user with that ID, in the group 3000.
as() { setpriv --reuid "$1" --regid "$1" --groups 3000 "${@:2}"; }

# patiently USER WORD…: runs berth-nic as that user, and retries while others hold the lock.
# berth-nic gives up after ten seconds, and others may hold the lock longer on a busy machine.
patiently() {
	local said status
	while
		said=$(as "$1" /run/test/bin/ours-nic "${@:2}" 2>&1)
		status=$?
		[[ $status != 0 && $said == *'the lock of'* ]]
	do :; done
	echo "$said"
	return $status
}
