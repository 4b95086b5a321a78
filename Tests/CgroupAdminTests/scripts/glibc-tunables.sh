#!/bin/bash
# glibc-tunables.sh BERTH-PAM: starts a command through berth-pam, with a variable that the C
# library reads before a program begins, and that would crash it. Prints the output of the command,
# and the files left in the directory, such as a core dump.
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory" || exit
ulimit -c unlimited
GLIBC_TUNABLES=glibc.rtld.optional_static_tls=18446744073709550000 "$1" /bin/echo lives
ls
