#!/usr/bin/python3
"""forge-origin.py: as eve, in a session of eve, tries to forge the record of the cgroup from which
the session was moved. Prints what succeeds. Finally, moves the session to a cgroup that eve made,
which has no such record."""
import os

EVES = "/sys/fs/cgroup/berth/u2000/"

with open("/proc/self/cgroup") as memberships:
    leaf = "/sys/fs/cgroup" + memberships.read().strip().rpartition("::")[2]
for name in ("trusted.berth.from", "security.berth.from"):
    try:
        os.setxattr(leaf, name, b"1 1 /berth-other")
        print("forged")
    except OSError:
        pass
try:
    os.symlink("/sys/fs/cgroup/berth-other", leaf + "/link")
    print("linked")
except OSError:
    pass
os.mkdir(EVES + "run-hers")
with open(EVES + "run-hers/cgroup.procs", "w") as processes:
    processes.write(str(os.getppid()))
