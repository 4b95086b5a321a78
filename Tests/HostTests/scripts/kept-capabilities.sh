#!/bin/bash
# kept-capabilities.sh: runs berth-run as eve, with a securebit that keeps capabilities after a
# change of user ID. The command is in a directory that only root can search.
mkdir -m 700 /run/test/secret && install -m 755 /bin/true /run/test/secret/tool || exit
export PATH=/run/test/secret:$PATH
exec strace -qq -o /run/test/trace -e trace=%creds,capset,execve,write \
	setpriv --securebits +no_setuid_fixup --reuid 2000 --regid 2000 --clear-groups \
	/run/test/bin/berth-run tool
