#!/bin/bash
# hold-ledger.sh [NAME [USER]]: starts a process of that name and user that takes a write lock on
# the whole ledger. Prints its process ID once it has the lock.
perl -MFcntl -e 'open my $f, "+<", "/run/lxc/nics" or die;
	my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
	fcntl $f, F_SETLK, $lock or die;
	open my $r, ">", "/run/test/held"; close $r;
	$0 = $ARGV[0] if $ARGV[0];
	($<, $>) = ($ARGV[1], $ARGV[1]) if $ARGV[1];
	sleep 600' "$@" >/dev/null 2>&1 &
echo $!
for _ in $(seq 6000); do
	[ ! -e /run/test/held ] || exit 0
	sleep 0.01
done
exit 1
