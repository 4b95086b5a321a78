#!/usr/bin/python3
# session.py: acts as su(1), whose PAM calls berth-cgroup. Reads commands, one on each line:
#   open|close USER SERVICE  act as pam_exec: start a child, and wait for it and no other
#   place                    print the cgroup of this process
#   sh COMMANDS              run a shell
import os
import subprocess
import sys

COMMAND = ["/run/test/bin/berth-pam", "/run/test/bin/berth-cgroup", "pam"]

for line in sys.stdin:
    verb, _, rest = line.strip().partition(" ")
    sys.stdout.flush()
    if verb in ("open", "close"):
        user, _, service = rest.partition(" ")
        login = {"PAM_TYPE": f"{verb}_session", "PAM_USER": user, "PAM_SERVICE": service}
        tracer = os.environ.get("TRACER", "").split()
        if subprocess.call(tracer + COMMAND, env=os.environ | login) != 0:
            print("failed")
    elif verb == "place":
        with open("/proc/self/cgroup") as memberships:
            print([entry[3:].strip() for entry in memberships if entry.startswith("0::")][0])
    elif verb == "sh":
        subprocess.call(["bash", "-c", rest])
    elif verb:
        sys.exit(f"unknown command: {verb}")
