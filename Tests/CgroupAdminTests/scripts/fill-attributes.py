#!/usr/bin/python3
"""fill-attributes.py: as eve, removes an extended attribute of eve's cgroup, and fills the space
for such attributes. Prints how many attributes fit."""
import itertools
import os

NODE = "/sys/fs/cgroup/berth/u2000"

os.setresgid(2000, 2000, 2000)
os.setresuid(2000, 2000, 2000)
os.removexattr(NODE, "user.delegate")
for number in itertools.count():
    try:
        os.setxattr(NODE, f"user.{number}", b"")
    except OSError:
        print(number)
        break
