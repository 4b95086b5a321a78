#!/usr/bin/python3
"""exchange-directory.py PROGRAM PROCESS: as user 5000, runs a hard link of the setuid PROGRAM 300
times, in a directory that a thread continuously exchanges with a symbolic link to a directory
that root owns. Prints what the program prints."""
import ctypes
import os
import subprocess
import sys
import threading

program, process = sys.argv[1:]
RENAME_EXCHANGE = 2
os.mkdir("/run/test/own")
os.mkdir("/run/test/own/directory")
os.link(program, "/run/test/own/directory/berth-nic")
# In both directories, berth-nic.nss is a program of root that does not print the name with which it
# was started.
os.symlink("/usr/bin/echo", "/run/test/own/directory/berth-nic.nss")
os.mkdir("/run/test/roots")
os.symlink("/usr/bin/echo", "/run/test/roots/berth-nic.nss")
os.symlink("/run/test/roots", "/run/test/own/link")
for path in ["/run/test/own", "/run/test/own/directory"]:
    os.chown(path, 5000, 5000)

ended = threading.Event()
libc = ctypes.CDLL(None, use_errno=True)


def exchange():
    while not ended.is_set():
        libc.renameat2(-100, b"/run/test/own/directory", -100, b"/run/test/own/link",
                       RENAME_EXCHANGE)


threading.Thread(target=exchange).start()
outputs = 0
while outputs < 300:
    # The path may lead to the directory of root, which does not contain the program.
    try:
        run = subprocess.run(
            ["/run/test/own/directory/berth-nic", "create", "/p", "n", process, "veth", "br0"],
            user=5000, group=5000, extra_groups=[], capture_output=True, text=True)
    except (FileNotFoundError, NotADirectoryError):
        continue
    outputs += 1
    print((run.stdout + run.stderr).strip().split("\n")[0])
ended.set()
