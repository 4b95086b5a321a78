# Logins by sshd(8), login(1) and cron(8) that are killed while PAM moves them into the user's
# cgroup: no other process is moved, and no cgroup remains. For su(1) and sudo(8) see KilledLogins.
# init files: openrc

before_boot() {
	rc-update -q add berth-cgroup default
	echo 'alice * pids.max=60' >/etc/lxc/lxc-usercgroup
	for service in login sshd su su-l cron; do
		[ ! -e /etc/pam.d/$service ] || echo 'session include berth-session' >>/etc/pam.d/$service
	done
}

node=/sys/fs/cgroup/berth/u1000
# places: prints the cgroups of init, of the daemons that start logins, and of this shell.
places() {
	local process
	for process in 1 "$(cat /run/sshd.pid)" "$(cat /run/crond.pid)" $$; do
		sed -n 's/^0:://p' "/proc/$process/cgroup"
	done
}
# after MILLISECONDS COMMAND…: waits, then runs the command, which may fail.
after() {
	sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
	shift
	"$@" >/dev/null 2>&1
	true
}
# all_end KIND: kills the processes that the logins left. The next login removes their cgroups.
all_end() {
	equal "$1: no other process has been moved" "$(places)" "$before"
	pkill -KILL -u alice
	expect "$1: alice has no process left" eventually holds '! pgrep -u alice >/dev/null'
	session su alice true
	expect "$1: no cgroup remains" \
		eventually holds '[ "$(find $node -mindepth 1 -maxdepth 1 -type d | wc -l)" = 0 ]'
	expect "$1: the next login is in a cgroup of alice" \
		holds 'session '"$1"' alice "cat /proc/self/cgroup" | grep -q "^0::/berth/u1000/run-"'
	session su alice true
}

after_boot() {
	local number moved=0
	session ssh alice true
	session cron alice true
	local before
	before=$(places)

	for number in $(seq 25); do
		ssh -q -o StrictHostKeyChecking=no alice@localhost sleep 60 &
		# The client, then the process of sshd that runs as alice, then the one that runs as root.
		case $((number % 3)) in
			0) after $((number * 200)) kill -KILL $! ;;
			1) after $((number * 200)) as alice pkill -KILL -x sshd ;;
			2) after $((number * 200)) pkill -KILL -P "$(cat /run/sshd.pid)" ;;
		esac
		kill -KILL $! 2>/dev/null
		! grep -qs . $node/*/cgroup.procs || moved=$((moved + 1))
		pkill -KILL -u alice
	done
	expect "ssh: $moved of 25 logins were killed after they were moved, the others before" \
		[ $((moved > 0 && moved < 25)) = 1 ]
	all_end ssh

	for number in $(seq 15); do
		script -q -e -c "login -f alice" /dev/null <<<'sleep 60' >/dev/null 2>&1 &
		after $((number * 100)) pkill -KILL -x login
		kill -KILL $! 2>/dev/null
	done
	all_end login

	echo '* * * * * alice sleep 60' >/etc/cron.d/session
	for number in $(seq 8); do
		date -s "@$(($(date +%s) / 60 * 60 + 59))" >/dev/null
		eventually pgrep -P "$(cat /run/crond.pid)" >/dev/null
		after $((number * 60)) pkill -KILL -P "$(cat /run/crond.pid)"
	done
	rm /etc/cron.d/session
	all_end cron
}
