#!/usr/bin/python3
"""exchange-directory.py PROGRAM PROCESS: user 5000 has a hard link of the setuid PROGRAM in a
directory of their own, runs it 300 times, and meanwhile exchanges the directory with a symbolic
link to a directory that root owns. Prints what the program prints."""
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
# In both directories, the second program is another one that root owns, which does not print the
# name by which it is started.
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
    # Half of the time, the path does not lead to the program.
    try:
        run = subprocess.run(
            ["/run/test/own/directory/berth-nic", "create", "/p", "n", process, "veth", "br0"],
            user=5000, group=5000, extra_groups=[], capture_output=True, text=True)
    except (FileNotFoundError, NotADirectoryError):
        continue
    outputs += 1
    print((run.stdout + run.stderr).strip().split("\n")[0])
ended.set()
