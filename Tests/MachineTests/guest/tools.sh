#!/bin/bash
# Functions for scenarios: assertions, sessions of users, and containers.

checks=0
failures=0
# expect WHAT COMMAND…: the command must succeed.
expect() {
	local what=$1
	shift
	checks=$((checks + 1))
	if ! "$@" >/run/said 2>&1; then
		printf 'FAILED: %s (%s)\n' "$what" "$*"
		tail -n 20 /run/said | sed 's/^/\t/'
		failures=$((failures + 1))
	fi
}
# refute WHAT COMMAND…: the command must fail.
refute() {
	local what=$1
	shift
	checks=$((checks + 1))
	if "$@" >/run/said 2>&1; then
		printf 'UNEXPECTED SUCCESS: %s (%s)\n' "$what" "$*"
		tail -n 20 /run/said | sed 's/^/\t/'
		failures=$((failures + 1))
	fi
}
# equal WHAT ONE OTHER: the two texts must be equal.
equal() {
	checks=$((checks + 1))
	if [ "$2" != "$3" ]; then
		printf 'NOT EQUAL: %s\n%s\n--- and ---\n%s\n' "$1" "$2" "$3"
		failures=$((failures + 1))
	fi
}
# eventually COMMAND…: retries the command for up to two minutes, because emulation is slow.
eventually() {
	local deadline=$((SECONDS + 120))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.1
	done
}
# holds SHELL-EXPRESSION: evaluates the expression, which can contain several commands.
holds() { eval "$1"; }

# as USER COMMAND…: runs it in the user's home directory, without root's environment.
as() {
	local user=$1
	shift
	(cd "/home/$user" && env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="/home/$user" USER="$user" \
		LANG=C.UTF-8 setpriv --reuid "$user" --regid "$user" --init-groups -- "$@")
}

# session login|su|sudo|ssh|cron USER COMMANDS: runs shell commands in a session of that kind, with
# PAM, and prints their output.
session() {
	case $1 in
		login) # The terminal echoes what is typed, so the output goes to a file.
			printf '%s\n' "$3" >/run/typed
			chmod 644 /run/typed
			/machine/terminal '. /run/typed >/tmp/typed.out 2>&1; exit' login -f "$2"
			cat /tmp/typed.out
			rm -f /tmp/typed.out
			;;
		su) su - "$2" -c "$3" ;;
		sudo) sudo -iu "$2" -- sh -c "$3" ;;
		ssh)
			if ! pidof sshd >/dev/null; then
				ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
				mkdir -p /run/sshd
				/usr/sbin/sshd
			fi
			install -d -m 700 -o "$2" -g "$2" "/home/$2/.ssh"
			install -m 600 -o "$2" -g "$2" /root/.ssh/id_ed25519.pub "/home/$2/.ssh/authorized_keys"
			ssh -q -o StrictHostKeyChecking=no "$2@localhost" "$3"
			;;
		cron) # cron starts it at the next full minute: advance the clock.
			printf '%s\n' "$3" >/run/typed
			chmod 644 /run/typed
			rm -f /tmp/typed.out /tmp/typed.done
			echo "* * * * * $2 . /run/typed >/tmp/typed.out 2>&1; touch /tmp/typed.done" \
				>/etc/cron.d/session
			pidof cron >/dev/null && kill "$(pidof cron)" \
				&& eventually holds '! pidof cron >/dev/null'
			date -s "@$(($(date +%s) / 60 * 60 + 57))" >/dev/null
			cron
			eventually [ -e /tmp/typed.done ]
			rm /etc/cron.d/session
			cat /tmp/typed.out
			rm -f /tmp/typed.out /tmp/typed.done
			;;
	esac
}

# new_container USER NAME: creates an unprivileged container with busybox that uses DHCP.
new_container() {
	local range
	range=$(sed -n "s/^$1:\([0-9]*\):\([0-9]*\)\$/\1 \2/p" /etc/subuid)
	cat >"/run/$2.conf" <<-END
		lxc.idmap = u 0 $range
		lxc.idmap = g 0 $range
		lxc.apparmor.profile = unconfined
		lxc.net.0.type = veth
		lxc.net.0.link = lxcbr0
		lxc.net.0.flags = up
	END
	as "$1" lxc-create -n "$2" -f "/run/$2.conf" -t busybox >/run/created 2>&1 \
		|| { cat /run/created; return 1; }
}
# address USER CONTAINER: prints its IPv4 address. The IPv6 address may be there before it.
address() { as "$1" lxc-info -n "$2" -i -H | grep -m 1 -F .; }
# has_address USER CONTAINER: waits until it has one.
has_address() { eventually address "$1" "$2" >/dev/null; }

# in_new_cgroup WHAT CONTAINER: alice's container is in a cgroup of its own, with its memory limit,
# and has an address.
in_new_cgroup() {
	local place
	place=$(sed -n 's/^0:://p' "/proc/$(as alice lxc-info -n "$2" -p -H)/cgroup")
	expect "$1 is in a new cgroup of alice" \
		grep -qE "^/berth/u1000/run-[0-9a-z]{8}/lxc.payload.$2\$" <<<"$place"
	equal "$1 has its memory limit" "$(cat "/sys/fs/cgroup$place/memory.max")" $((40 << 20))
	expect "$1 has an address" has_address alice "$2"
}

# start_container USER NAME: starts it, waits for its address, and prints the address.
start_container() {
	as "$1" lxc-start -n "$2" -l info -o "/home/$1/$2.log" || { cat "/home/$1/$2.log"; return 1; }
	eventually address "$1" "$2"
}
