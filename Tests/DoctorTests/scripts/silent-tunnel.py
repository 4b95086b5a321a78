"""silent-tunnel.py NAME: creates a tunnel whose other end reads nothing and sends nothing."""
import fcntl
import os
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x1001

tunnel = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tunnel, TUNSETIFF, struct.pack("16sH", sys.argv[1].encode(), IFF_TUN_WITHOUT_HEADER))
time.sleep(600)
