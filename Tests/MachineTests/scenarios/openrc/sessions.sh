# Every kind of session on the machine. Other scenarios rely on them.
# init files: openrc

after_boot() {
	local kind
	equal "process 1 is sysvinit" "$(cat /proc/1/comm)" init
	expect "OpenRC has reached its default runlevel" holds '[ "$(rc-status -r)" = default ]'
	equal "only cgroup2 is mounted" "$(stat -f -c %T /sys/fs/cgroup)" cgroup2fs
	for kind in login su sudo ssh cron; do
		equal "$kind: the session belongs to alice and starts in the home directory" \
			"$(session $kind alice 'id -un; pwd')" $'alice\n/home/alice'
	done
	equal "a login has a terminal" "$(session login alice 'tty -s && echo yes')" yes
}
