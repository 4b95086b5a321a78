#!/usr/bin/python3
"""delegate-attributes.py: prints the extended attributes that mark eve's cgroup as delegated."""
import os

for namespace in "trusted", "user":
    print(os.getxattr("/sys/fs/cgroup/berth/u2000", namespace + ".delegate"))
