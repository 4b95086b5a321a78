"""Forges VXLAN packets, or waits for the frames in them.

forge.py TARGET MAC     sends TARGET a VXLAN packet of VNI 100 with a UDP datagram for MAC
forge.py listen FILE    writes the data of such datagrams, received from a raw socket, to FILE
"""

import socket
import struct
import sys


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def datagram():
    data = b"FORGED"
    udp = struct.pack("!HHHH", 9, 9, 8 + len(data), 0) + data
    addresses = socket.inet_aton("10.88.250.1") + socket.inet_aton("10.88.250.2")
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + udp


if sys.argv[1] == "listen":
    receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    receiver.bind(("eth0", 0x0800))
    with open(sys.argv[2], "wb", buffering=0) as file:
        while True:
            frame = receiver.recv(2048)
            if b"FORGED" in frame:
                file.write(b"FORGED\n")
else:
    target, mac = sys.argv[1:]
    frame = bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("020000000001") + b"\x08\x00"
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    sender = socket.socket(family, socket.SOCK_DGRAM)
    sender.sendto(struct.pack("!II", 0x08000000, 100 << 8) + frame + datagram(), (target, 4789))
