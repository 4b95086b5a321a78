# Every kind of session on the machine. Other scenarios rely on them.
# init files: openrc

after_boot() {
	local kind
	equal "process 1 is sysvinit's" "$(cat /proc/1/comm)" init
	expect "OpenRC has reached its default runlevel" holds '[ "$(rc-status -r)" = default ]'
	equal "there is one tree of cgroups" "$(stat -f -c %T /sys/fs/cgroup)" cgroup2fs
	for kind in login su sudo ssh cron; do
		equal "alice by $kind" "$(session $kind alice 'id -un; pwd')" $'alice\n/home/alice'
	done
	equal "a login has a terminal" "$(session login alice 'tty -s && echo yes')" yes
}
