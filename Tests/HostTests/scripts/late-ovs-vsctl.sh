#!/bin/bash
# late-ovs-vsctl.sh: runs instead of ovs-vsctl. If the file /run/test/hold exists, removes it, and
# waits until /run/test/go exists before it adds a port, as if the caller had frozen its cgroup.
# If /run/test/between exists, lets that port be added after it has removed one.
# If /run/test/fail exists, fails after it has added a port, and does not remove ports. If
# /run/test/former exists, a port of that name exists already, which carries all VLANs.
case " $* " in
	*" add-port "*)
		if rm /run/test/hold 2>/dev/null; then
			echo $$ >/run/test/adder
			echo "$PPID" >/run/test/waiting
			until [ -e /run/test/go ]; do sleep 0.02; done
		fi
		if [ -e /run/test/former ]; then
			name=$* name=${name##*add-port ovs0 }
			/run/test/ovs-vsctl --no-wait add-port ovs0 "${name%% *}" || exit
		fi
		if [ -e /run/test/fail ]; then
			/run/test/ovs-vsctl "$@"
			exit 1
		fi
		;;
	*" del-port "*)
		[ ! -e /run/test/fail ] || exit 1
		if [ -e /run/test/between ]; then
			/run/test/ovs-vsctl "$@" || exit
			touch /run/test/go
			while [ -e "/proc/$(cat /run/test/adder)/fd/0" ]; do sleep 0.02; done
			exit
		fi
		;;
esac
exec /run/test/ovs-vsctl "$@"
