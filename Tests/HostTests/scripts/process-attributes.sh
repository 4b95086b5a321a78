#!/bin/bash
# process-attributes.sh: prints what a command inherits: IDs, signals, limits, environment,
# directory, descriptors, priority. Descriptor 4 is read.
keys='Uid|Gid|Groups|Umask|NoNewPrivs|Seccomp|Sig(Blk|Ign)|Cap...|Cpus_allowed'
grep -E "^($keys):" /proc/self/status
pwd
for n in 0 1 2 3 4 5 9; do readlink /proc/self/fd/$n | sed 's/[[#].*//'; done
tr '\0' '\n' </proc/self/environ | sort
ulimit -a
cat <&4
nice
cat /proc/self/oom_score_adj
