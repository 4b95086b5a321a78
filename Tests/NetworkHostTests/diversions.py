"""diversions.py ACTION ARGUMENT…: sends frames with which a container tries to divert packets."""

import select
import socket
import struct
import sys
import time

from attacks import (
    BROADCAST, ETH_IP, ETH_IP6, checksum, ether, icmp6, ip, ipv4, ipv6,
    link_layer, mac, multicast, solicited, udp, udp6)

ACK, DISCOVER, REQUEST, DECLINE, RELEASE, INFORM = 5, 1, 3, 4, 7, 8
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 3))
me = wire.getsockname()[4]


def option(number, value):
    return bytes([number, len(value)]) + value


def dhcp(client, kind, options=b"", own="0.0.0.0", yours="0.0.0.0", is_reply=False):
    head = struct.pack("!BBBBIHH", 2 if is_reply else 1, 1, 6, 0, 0x11223344, 0, 0)
    head += ip(own) + ip(yours) + bytes(8) + client.ljust(16, b"\0") + bytes(192)
    return head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff"


def broadcast(message):
    packet = ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 67, message))
    wire.send(ether(BROADCAST, me, ETH_IP, packet))


def in_fragments(source, gateway, message):
    """Sends a DHCP message in two fragments, the first of which has only the UDP header."""
    payload = udp(68, 67, message)
    for offset, part in ((0, payload[:8]), (8, payload[8:])):
        fragment = offset // 8 | (0 if offset else 0x2000)
        packet = ipv4(source, "10.0.3.1", 17, part, fragment=fragment)
        wire.send(ether(mac(gateway), me, ETH_IP, packet))


def release(source, gateway, client, address):
    options = option(54, ip("10.0.3.1"))
    in_fragments(source, gateway, dhcp(mac(client), RELEASE, options, own=address))


def decline(source, gateway, client, address):
    options = option(54, ip("10.0.3.1")) + option(50, ip(address))
    in_fragments(source, gateway, dhcp(mac(client), DECLINE, options))


def serve(source, client):
    """Sends the reply of a DHCP server from a port other than 67."""
    message = dhcp(mac(client), ACK, option(54, ip(source)), yours="10.0.3.99", is_reply=True)
    packet = ipv4(source, "255.255.255.255", 17, udp(4000, 68, message))
    wire.send(ether(mac(client), me, ETH_IP, packet))


def serve_unparsed(source, client):
    """Sends the reply of a DHCP server with wrong total lengths, with which nft finds no UDP
    header."""
    message = dhcp(mac(client), ACK, option(54, ip(source)), yours="10.0.3.99", is_reply=True)
    whole = ipv4(source, "255.255.255.255", 17, udp(67, 68, message))
    for length in (0, 19, 2000):
        head = whole[:2] + struct.pack("!H", length) + whole[4:10] + b"\0\0" + whole[12:20]
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        wire.send(ether(mac(client), me, ETH_IP, head + whole[20:]))


def serve6(source, client):
    packet = udp6(source, "ff02::1", (4000, 546), b"\x07rogue")
    wire.send(ether(mac(client), me, ETH_IP6, ipv6(source, "ff02::1", 17, packet)))


def request(address, seconds="0"):
    options = option(50, ip(address)) + option(54, ip("10.0.3.1"))
    if int(seconds):
        options += option(51, struct.pack("!I", int(seconds)))
    broadcast(dhcp(me, REQUEST, options))


def inform(address, yours):
    broadcast(dhcp(me, INFORM, own=address, yours=yours))


def group(last, source, target, text):
    """Sends UDP to 01:80:c2:00:00:LAST, a link-local group address, which skips most hooks."""
    packet = ipv4(source, target, 17, udp(4000, 5555, text.encode()))
    wire.send(ether(mac("01:80:c2:00:00:" + last), me, ETH_IP, packet))


def advertise(last, source, prefix):
    """Sends a router advertisement to 01:80:c2:00:00:LAST."""
    information = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 86400, 86400, 0) + ip(prefix)
    body = b"\x40\0" + struct.pack("!HII", 1800, 0, 0) + information + link_layer(1, me)
    packet = ipv6(source, "ff02::1", 58, icmp6(source, "ff02::1", 134, body))
    wire.send(ether(mac("01:80:c2:00:00:" + last), me, ETH_IP6, packet))


def claim(*addresses):
    for address in addresses:
        target = solicited(address)
        body = icmp6("::", target, 135, bytes(4) + ip(address))
        wire.send(ether(multicast(target), me, ETH_IP6, ipv6("::", target, 58, body)))


def query(source, source4):
    """Sends an MLD query, with the router alert option, and an IGMP query."""
    body = icmp6(source, "ff02::1", 130, struct.pack("!HH", 1, 0) + bytes(16))
    head = struct.pack("!IHBB", 6 << 28, 8 + len(body), 0, 1) + ip(source) + ip("ff02::1")
    alert = bytes([58, 0, 5, 2, 0, 0, 1, 0])
    wire.send(ether(multicast("ff02::1"), me, ETH_IP6, head + alert + body))
    body = struct.pack("!BBH", 0x11, 1, 0) + bytes(4)
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    packet = ipv4(source4, "224.0.0.1", 2, body, options=b"\x94\4\0\0")
    wire.send(ether(mac("01:00:5e:00:00:01"), me, ETH_IP, packet))


def sweep(prefix, count):
    """Sends neighbor solicitations from many addresses."""
    for number in range(int(count)):
        source, target = f"{prefix}{number:x}", "ff02::1:ff00:1"
        body = icmp6(source, target, 135, bytes(4) + ip("fd42::77"))
        wire.send(ether(multicast(target), me, ETH_IP6, ipv6(source, target, 58, body)))


def kind(frame):
    """Returns the kind of a frame that only servers and routers send; None for other frames."""
    protocol = frame[12:14]
    if protocol == b"\x08\0":
        payload = frame[14 + (frame[14] & 15) * 4:]
        if frame[23] == 2 and payload[0] == 0x11:
            return "IGMP query"
        if frame[23] == 17 and payload[2:4] == b"\0\x44":
            return "DHCP reply"
    if protocol == b"\x86\xdd":
        if frame[20] == 0 and frame[62] == 130:
            return "MLD query"
        if frame[20] == 17 and frame[56:58] == b"\x02\x22":
            return "DHCPv6 reply"
    return None


def watch(sender, seconds):
    """Prints the kind of each such frame that arrives from this hardware address."""
    end = time.monotonic() + float(seconds)
    print("ready", flush=True)
    while (left := end - time.monotonic()) > 0:
        if select.select([wire], [], [], left)[0]:
            frame = wire.recv(4096)
            if frame[6:12] == mac(sender) and kind(frame):
                print(kind(frame), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
