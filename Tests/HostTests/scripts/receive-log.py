"""receive-log.py FILE: receives datagrams at /dev/log and appends each to FILE, as a line.
receive-log.py: receives nothing, and fills the queue of the socket."""

import os
import socket
import sys
import time

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("/dev/log")
os.chmod("/dev/log", 0o666)
if len(sys.argv) < 2:
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        while True:
            sender.sendto(b"full", "/dev/log")
    except BlockingIOError:
        pass
    open("/run/test/log-is-full", "w").close()
    time.sleep(3600)
with open(sys.argv[1], "ab", buffering=0) as log:
    while True:
        log.write(receiver.recv(65536) + b"\n")
