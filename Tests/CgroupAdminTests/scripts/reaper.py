#!/usr/bin/python3
"""reaper.py APPLICATION [USER]: as that user, becomes the parent of the child of a session that is
killed (orphaned.sh). Prints the cgroup of this process afterwards."""
import ctypes
import os
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
orphaned = os.path.join(os.path.dirname(__file__), "orphaned.sh")
session = subprocess.Popen(["bash", orphaned, sys.argv[1]])
user = int(sys.argv[2]) if sys.argv[2:] else None
if user is not None:
    os.setresuid(user, user, user)
session.wait()
if user is not None:
    os.waitpid(int(open("/run/test/pid").read()), 0)
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
print(open("/proc/self/cgroup").read().strip().rpartition("::")[2])
