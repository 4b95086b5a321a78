#!/usr/bin/python3
"""forge-reply.py PROCESS: sends forged replies about an interface "nosuch" to the netlink sockets
of the process, as any process with CAP_NET_ADMIN can. Prints how many sockets there are."""
import socket
import struct
import sys

with open("/proc/net/netlink") as table:
    rows = [line.split() for line in table][1:]
ports = {int(row[2]) for row in rows if row[1] == "0"}
# The kernel binds the first socket of a process to its process ID.
ports &= {int(sys.argv[1])}
link = struct.pack("BxHiIIHH8s", 0, 1, 4242, 1, 0, 11, 3, b"nosuch")
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
for number in range(20):
    head = struct.pack("IHHII", 16 + len(link), 16, 0, number, 0)
    for port in ports:
        sender.sendto(head + link, (port, 0))
print(len(ports))
