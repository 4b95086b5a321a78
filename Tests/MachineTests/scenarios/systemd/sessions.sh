# A user comes to the machine in all the ways there are: others' scenarios build on that.
# init files: systemd

after_boot() {
	local kind
	equal "process 1 is systemd" "$(cat /proc/1/comm)" systemd
	expect "nothing has failed" holds '[ -z "$(systemctl --failed --quiet --no-legend)" ]'
	for kind in login su sudo ssh cron; do
		equal "alice by $kind" "$(session $kind alice 'id -un; pwd')" $'alice\n/home/alice'
	done
	equal "a login has a manager of its own" "$(session login alice 'systemctl --user is-active default.target')" active
}
