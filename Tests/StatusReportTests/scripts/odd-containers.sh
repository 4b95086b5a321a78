#!/bin/bash
# odd-containers.sh: creates containers of root in a private /var/lib/lxc. All names but one contain
# shell syntax or look like an option.
set -e
mount -t tmpfs tmpfs /var/lib/lxc
cd /var/lib/lxc
# shellcheck disable=SC2016 # not to be expanded
for name in web '$(touch${IFS}taken)' '`touch${IFS}taken`' --all; do
	mkdir -- "$name"
	touch -- "./$name/config"
done
