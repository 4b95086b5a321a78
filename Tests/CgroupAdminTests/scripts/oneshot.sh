#!/bin/bash
# oneshot.sh up|down SERVICE: has the oneshot runner run a service's command. If TYPED is set, it
# does so from a terminal.
sudo="s6-sudo -e -l0 -t 2000 -T 60000 -- /run/test/runner/s $*"
if [ -n "${TYPED:-}" ]; then
	script -qec "$sudo" /dev/null </dev/null
else
	$sudo >/dev/null 2>&1
fi || echo "$* failed with $?"
