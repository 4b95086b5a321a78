#!/usr/bin/env python3
"""hang.py DIRECTORY UID [answer]: mounts a FUSE file system of that user there, and never answers.

With "answer" it answers the first request (FUSE_INIT) and accepts all later ones without answering:
a process that waits for one of those cannot be killed. Runs until it is killed.
"""
import ctypes, os, signal, struct, sys

directory, user = sys.argv[1], int(sys.argv[2])
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f"fd={device},rootmode=40000,user_id={user},group_id={user}".encode()
if libc.mount(b"hang", directory.encode(), b"fuse.hang", 0, options) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")


while len(sys.argv) > 3:
    request = os.read(device, 1 << 20)
    opcode, unique = struct.unpack_from("<IQ", request, 4)
    if opcode == 26:
        # struct fuse_init_out of version 7.31, and the header before it.
        init = struct.pack("<IIIIHHIIHHI7I", 7, 31, 0, 0, 0, 0, 4096, 0, 0, 0, *[0] * 8)
        os.write(device, struct.pack("<IiQ", 16 + len(init), 0, unique) + init)
signal.pause()
