"""identity.py BRIDGE UID NAME [NUMBER]: prints the last four bytes of the hardware addresses of a
user's container.

They are computed from /etc/lxc/berth.key, independently of Berth.
"""
import hashlib
import hmac
import struct
import sys

bridge, user, name = sys.argv[1:4]
number = int(sys.argv[4]) if len(sys.argv) > 4 else 0
with open("/etc/lxc/berth.key", "rb") as file:
    key = file.read()
message = b"berth identity 1\0" + bridge.encode() + b"\0"
message += struct.pack("!III", int(user), number, 0) + name.encode()
print(hmac.new(key, message, hashlib.sha256).digest()[:4].hex(":"))
