"""Sends the frames of a hostile container, and records which of them others receive.

    attacks.py watch DEVICE FILE     writes the mark of each frame that arrives at the device
    attacks.py send KIND FACTS FILE  sends each frame from eth0, and lists what was sent
    attacks.py flood FACTS           sends frames with others' addresses until it is killed
    attacks.py judge DIRECTORY       compares what was sent with what was received
    attacks.py table DIRECTORY…      prints which attacks succeeded, one column per directory

KIND is `filtered` for a container with ipfilter, and `neighbor` for one without. FACTS is a JSON
file with the addresses of `me` (the sender), `victim`, `gateway`, `host` (another interface of the
gateway) and `outside`. DIRECTORY has the file `sent`, and a file `seen.NAME` for each observer.
"""
import glob
import ipaddress
import json
import re
import socket
import struct
import sys
import time

ETH_ARP, ETH_IP, ETH_IP6 = 0x0806, 0x0800, 0x86DD
ETH_VLAN, ETH_QINQ = 0x8100, 0x88A8
BROADCAST = b"\xff" * 6
NOBODY = b"\0" * 6


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def ip(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ether(target, source, kind, payload):
    return target + source + struct.pack("!H", kind) + payload


def tagged(number, kind, payload):
    return struct.pack("!HH", number, kind) + payload


def arp(operation, sender, sender_ip, target, target_ip, hardware=1, length=6):
    head = struct.pack("!HHBBH", hardware, ETH_IP, length, 4, operation)
    return head + sender + ip(sender_ip) + target + ip(target_ip)


def ipv4(source, target, protocol, payload, fragment=0, options=b""):
    words = 5 + len(options) // 4
    head = struct.pack(
        "!BBHHHBBH", 0x40 | words, 0, words * 4 + len(payload), 4711, fragment, 64, protocol, 0)
    head += ip(source) + ip(target) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(source, target, payload):
    return struct.pack("!HHHH", source, target, 8 + len(payload), 0) + payload


def ipv6(source, target, protocol, payload):
    head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, 255)
    return head + ip(source) + ip(target) + payload


def summed(source, target, protocol, payload, at):
    pseudo = ip(source) + ip(target) + struct.pack("!II", len(payload), protocol)
    value = checksum(pseudo + payload) or 0xFFFF
    return payload[:at] + struct.pack("!H", value) + payload[at + 2:]


def udp6(source, target, ports, payload):
    return summed(source, target, 17, udp(*ports, payload), 6)


def icmp6(source, target, kind, body):
    return summed(source, target, 58, struct.pack("!BBH", kind, 0, 0) + body, 2)


def link_layer(option, address):
    return bytes([option, 1]) + address


def dhcp(client, kind, length=6, relay="0.0.0.0", own="0.0.0.0", yours="0.0.0.0", reply=False,
         options=b"", flags=0x8000):
    head = struct.pack("!BBBBIHH", 2 if reply else 1, 1, length, 0, 0x0BE27400, 0, flags)
    head += ip(own) + ip(yours) + bytes(4) + ip(relay) + client.ljust(16, b"\0") + bytes(192)
    return head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff"


def solicited(address):
    return "ff02::1:ff" + "%02x:%02x%02x" % tuple(ip(address)[13:])


def multicast(address):
    return b"\x33\x33" + ip(address)[12:]


class Frames:
    """The cases. Each has a name, the kinds of its senders, whether its frame must pass, and a
    function that builds the frame with a mark."""

    def __init__(self, facts):
        self.facts = facts
        self.cases = []
        for build in (self.own, self.arp, self.ipv4, self.dhcp, self.ipv6, self.fragments,
                      self.layers, self.neighbor):
            build()
        self.tags()

    def case(self, name, passes, frame, who=("filtered", "neighbor")):
        self.cases.append((name, who, passes, frame))

    def parties(self):
        me, victim, gateway = (self.facts[name] for name in ("me", "victim", "gateway"))
        return me, victim, gateway, mac(me["mac"]), mac(victim["mac"]), mac(gateway["mac"])

    def neighborhood(self, source, kind, target, options, mark, flags=0):
        """Returns a neighbor solicitation (135) or advertisement (136), with the mark in it."""
        body = bytes([flags, 0, 0, 0]) + ip(target) + options
        return body + b"\xfd\x02" + bytes(6) + mark

    def discovery(self, ether_source, ether_target, source, target, kind, about, options=b"",
                  flags=0, before=b""):
        def frame(mark):
            body = self.neighborhood(source, kind, about, options, mark, flags)
            packet = icmp6(source, target, kind, body)
            protocol = 60 if before else 58
            return ether(
                ether_target, ether_source, ETH_IP6,
                ipv6(source, target, protocol, before + packet))
        return frame

    def own(self):
        me, victim, gateway, m, v, g = self.parties()
        outside = self.facts["outside"]
        own = "filtered",
        data = lambda mark: udp(4000, 9, mark)
        self.case("own ARP request", True, lambda k: ether(
            BROADCAST, m, ETH_ARP, arp(1, m, me["ip4"], NOBODY, victim["ip4"]) + k), own)
        self.case("ARP probe for a free address", True, lambda k: ether(
            BROADCAST, m, ETH_ARP, arp(1, m, "0.0.0.0", NOBODY, "10.0.3.240") + k), own)
        self.case("ARP probe for the own address", True, lambda k: ether(
            BROADCAST, m, ETH_ARP, arp(1, m, "0.0.0.0", NOBODY, me["ip4"]) + k), own)
        self.case("gratuitous ARP for the own address", True, lambda k: ether(
            BROADCAST, m, ETH_ARP, arp(2, m, me["ip4"], BROADCAST, me["ip4"]) + k), own)
        self.case("own IPv4 to a neighbor", True, lambda k: ether(
            v, m, ETH_IP, ipv4(me["ip4"], victim["ip4"], 17, data(k))))
        self.case("own IPv4 to the outside", True, lambda k: ether(
            g, m, ETH_IP, ipv4(me["ip4"], outside, 17, data(k))))
        self.case("own IPv4 with options", True, lambda k: ether(
            v, m, ETH_IP, ipv4(me["ip4"], victim["ip4"], 17, data(k), options=b"\x94\4\0\0")))
        self.case("own second fragment", True, lambda k: ether(
            v, m, ETH_IP, ipv4(me["ip4"], victim["ip4"], 17, k + bytes(16), fragment=100)))
        self.case("DHCP discover", True, lambda k: ether(
            BROADCAST, m, ETH_IP,
            ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 67, dhcp(m, 1) + k))), own)
        self.case("DHCP renewal", True, lambda k: ether(
            g, m, ETH_IP, ipv4(
                me["ip4"], gateway["ip4"], 17, udp(68, 67, dhcp(m, 3, own=me["ip4"]) + k))), own)
        self.case("own IPv6", True, lambda k: ether(
            v, m, ETH_IP6, ipv6(
                me["ip6"], victim["ip6"], 17, udp6(me["ip6"], victim["ip6"], (4000, 9), k))))
        self.case("own link-local IPv6", True, lambda k: ether(
            v, m, ETH_IP6, ipv6(
                me["link"], victim["link"], 17, udp6(me["link"], victim["link"], (4000, 9), k))))
        group = solicited(victim["ip6"])
        self.case("own neighbor solicitation", True, self.discovery(
            m, multicast(group), me["ip6"], group, 135, victim["ip6"], link_layer(1, m)))
        self.case("own neighbor advertisement", True, self.discovery(
            m, multicast("ff02::1"), me["ip6"], "ff02::1", 136, me["ip6"], link_layer(2, m), 0x20))
        group = solicited(me["ip6"])
        self.case("own duplicate address detection", True, self.discovery(
            m, multicast(group), "::", group, 135, me["ip6"]))

    def arp(self):
        me, victim, gateway, m, v, g = self.parties()

        def case(name, frame, target=BROADCAST, source=m, who=("filtered", "neighbor")):
            self.case(name, False, lambda k: ether(target, source, ETH_ARP, frame + k), who)
        case("ARP request from the victim's address",
             arp(1, m, victim["ip4"], NOBODY, gateway["ip4"]))
        case("ARP reply as the victim", arp(2, m, victim["ip4"], g, gateway["ip4"]), g)
        case("ARP reply as the gateway", arp(2, m, gateway["ip4"], v, victim["ip4"]), v)
        case("gratuitous ARP as the victim", arp(1, m, victim["ip4"], NOBODY, victim["ip4"]))
        case("ARP probe for the victim's address", arp(1, m, "0.0.0.0", NOBODY, victim["ip4"]))
        case("ARP that names the victim's hardware address",
             arp(2, v, me["ip4"], v, victim["ip4"]), v)
        only = "filtered",
        case("ARP reply from 0.0.0.0", arp(2, m, "0.0.0.0", v, victim["ip4"]), v, who=only)
        case("ARP for a free address", arp(2, m, "10.0.3.241", v, victim["ip4"]), v, who=only)
        long = m + b"\0\0"
        case("ARP with long hardware addresses",
             arp(2, long, victim["ip4"], long, gateway["ip4"], length=8))
        case("ARP of IEEE 802 networks",
             arp(2, m, victim["ip4"], v, gateway["ip4"], hardware=6))
        case("ARP reply as the host", arp(2, m, self.facts["host"]["ip4"], v, victim["ip4"]), v)
        case("ARP from the victim's hardware address",
             arp(1, v, victim["ip4"], NOBODY, gateway["ip4"]), source=v)
        self.case("RARP", False, lambda k: ether(
            BROADCAST, m, 0x8035, arp(3, m, me["ip4"], m, me["ip4"]) + k), only)

    def ipv4(self):
        me, victim, gateway, m, v, g = self.parties()
        outside = self.facts["outside"]

        def case(name, source, to, address, who=("filtered", "neighbor"), ether_source=m, **more):
            self.case(name, False, lambda k: ether(
                to, ether_source, ETH_IP, ipv4(source, address, 17, udp(4000, 9, k), **more)), who)
        only = "filtered",
        case("IPv4 as the victim to the gateway", victim["ip4"], g, gateway["ip4"])
        case("IPv4 as the victim to the outside", victim["ip4"], g, outside)
        case("IPv4 as the gateway", gateway["ip4"], v, victim["ip4"])
        case("IPv4 as the host", self.facts["host"]["ip4"], v, victim["ip4"])
        case("all of the victim's addresses", victim["ip4"], g, gateway["ip4"], ether_source=v)
        case("IPv4 from a free address", "10.0.3.241", v, victim["ip4"], only)
        case("IPv4 from a free address with options", "10.0.3.241", v, victim["ip4"], only,
             options=b"\x94\4\0\0")
        case("IPv4 from another network", "8.8.8.8", v, victim["ip4"], only)
        case("IPv4 from another network to the outside", "8.8.8.8", g, outside, only)
        case("IPv4 from 0.0.0.0", "0.0.0.0", v, victim["ip4"], only)
        case("IPv4 from an unknown hardware address", me["ip4"], v, victim["ip4"], only,
             mac("02:12:34:56:78:9a"))
        self.case("second fragment from a free address", False, lambda k: ether(
            v, m, ETH_IP, ipv4("10.0.3.241", victim["ip4"], 17, k + bytes(16), 100)), only)
        self.case("second fragment as the victim", False, lambda k: ether(
            g, m, ETH_IP, ipv4(victim["ip4"], gateway["ip4"], 17, k + bytes(16), 100)))

    def dhcp(self):
        me, victim, gateway, m, v, g = self.parties()
        server = b"\x36\4" + ip(gateway["ip4"])

        def case(name, message, source="0.0.0.0", to=BROADCAST, address="255.255.255.255",
                 ports=(68, 67), who=("filtered", "neighbor"), ether_source=m):
            self.case(name, False, lambda k: ether(
                to, ether_source, ETH_IP, ipv4(source, address, 17, udp(*ports, message + k))), who)
        only = "filtered",
        case("DHCP for the victim", dhcp(v, 1))
        case("DHCP release of the victim's lease",
             dhcp(v, 7, own=victim["ip4"], options=server), me["ip4"], g, gateway["ip4"])
        case("DHCP release with the victim's addresses",
             dhcp(v, 7, own=victim["ip4"], options=server), victim["ip4"], g, gateway["ip4"],
             ether_source=v)
        case("DHCP release of the victim's address",
             dhcp(m, 7, own=victim["ip4"], options=server), victim["ip4"], g, gateway["ip4"])
        case("own DHCP release", dhcp(m, 7, own=me["ip4"], options=server), me["ip4"], g,
             gateway["ip4"], who=only)
        case("DHCP with long client addresses", dhcp(m + bytes(range(10)), 1, length=16))
        case("DHCP through a relay", dhcp(m, 1, relay="10.0.3.77"))
        case("DHCP from a free port", dhcp(m, 1), ports=(4000, 67), who=only)
        case("DHCP with two message types", dhcp(m, 7, options=b"\x35\1\1"), who=only)
        case("DHCP server", dhcp(v, 5, reply=True, yours=victim["ip4"]), me["ip4"], v,
             victim["ip4"], (67, 68))
        case("DHCP server to all", dhcp(v, 2, reply=True, yours=victim["ip4"]), me["ip4"],
             BROADCAST, "255.255.255.255", (67, 68))

    def ipv6(self):
        me, victim, gateway, m, v, g = self.parties()
        only = "filtered",

        def data(name, source, to, target, who=("filtered", "neighbor"), ether_source=m,
                 ports=(4000, 9)):
            self.case(name, False, lambda k: ether(
                to, ether_source, ETH_IP6,
                ipv6(source, target, 17, udp6(source, target, ports, k))), who)
        data("IPv6 as the victim", victim["ip6"], g, gateway["ip6"])
        data("link-local IPv6 as the victim", victim["link"], g, gateway["link"])
        data("IPv6 as the gateway", gateway["ip6"], v, victim["ip6"])
        data("link-local IPv6 as the gateway", gateway["link"], v, victim["link"])
        data("IPv6 as the host", self.facts["host"]["ip6"], v, victim["ip6"])
        data("IPv6 with the victim's addresses", victim["ip6"], g, gateway["ip6"], ether_source=v)
        data("IPv6 from an unclaimed address", "fd42::bad", v, victim["ip6"], only)
        data("DHCPv6 server", me["link"], v, victim["link"], ports=(547, 546))
        group = solicited(victim["ip6"])
        case = lambda name, *rest, who=("filtered", "neighbor"), **more: self.case(
            name, False, self.discovery(m, *rest, **more), who)
        case("advertisement of the victim's address", g, me["ip6"], gateway["ip6"], 136,
             victim["ip6"], link_layer(2, m), 0x60)
        case("advertisement of the gateway's address", v, me["link"], victim["link"], 136,
             gateway["ip6"], link_layer(2, m), 0xE0)
        case("advertisement behind an extension header", v, me["ip6"], victim["ip6"], 136,
             gateway["ip6"], link_layer(2, m), 0x60, before=b"\x3a\0\1\4\0\0\0\0")
        case("solicitation as the victim", g, victim["ip6"], gateway["ip6"], 135, gateway["ip6"],
             link_layer(1, m))
        case("claim of the victim's address", multicast(group), "::", group, 135, victim["ip6"])
        # The host, as a router, has the subnet-router anycast address.
        anycast = "fd42::"
        target = solicited(anycast)
        data("IPv6 as the routers of the subnet", anycast, v, victim["ip6"])
        case("advertisement of the routers' address", v, me["link"], victim["link"], 136, anycast,
             link_layer(2, m), 0xE0)
        case("claim of the routers' address", multicast(target), "::", target, 135, anycast)
        for name, address in (("victim's future", self.facts["future"]), ("small", "fe80::1")):
            target = solicited(address)
            case(f"claim of the {name} address", multicast(target), "::", target, 135, address,
                 who=only)

        def control(name, kind, body, before=b""):
            def frame(k):
                packet = icmp6(me["link"], "ff02::1", kind, body + b"\xfd\x02" + bytes(6) + k)
                return ether(multicast("ff02::1"), m, ETH_IP6, ipv6(
                    me["link"], "ff02::1", 0 if before else 58, before + packet))
            self.case(name, False, frame)
        control("MLD query", 130, bytes(20))
        control("router advertisement", 134, b"\x40\0\7\x08" + bytes(8))
        control("router advertisement behind an extension header", 134,
                b"\x40\0\7\x08" + bytes(8), b"\x3a\0\1\4\0\0\0\0")
        control("redirect", 137, bytes(4) + ip(me["link"]) + ip(gateway["ip6"]))

    def fragments(self):
        """Adds first fragments, with the mark in an option before the fragment header."""
        me, victim, gateway, m, v, g = self.parties()

        def case(name, passes, protocol, content, source=me["ip6"]):
            def frame(k):
                options = bytes([44, 1, 1, 12]) + k.ljust(12, b"\0")
                head = struct.pack("!BBHI", protocol, 0, 1, 4711)
                # These go to one host, because bridges examine ICMPv6 to groups (MLD snooping).
                return ether(v, m, ETH_IP6, ipv6(
                    source, victim["ip6"], 0, options + head + content))
            self.case(name, passes, frame)
        advertisement = bytes([136, 0, 0, 0, 0x60, 0, 0, 0])
        case("fragment of a ping", True, 58, bytes([128, 0, 0, 0, 0, 1, 0, 1]) + bytes(8))
        case("fragment of UDP", True, 17, udp(4000, 9, bytes(8)))
        case("fragment of a router advertisement", False, 58,
             bytes([134, 0, 0, 0, 64, 0, 7, 8]) + bytes(8), me["link"])
        case("fragment that hides the target of an advertisement", False, 58, advertisement)
        case("fragment that hides a part of the target", False, 58,
             advertisement + ip(gateway["ip6"])[:8])
        case("fragment that hides what follows its options", False, 60,
             bytes([58, 0, 1, 4, 0, 0, 0, 0]))
        case("fragment that hides what follows cut options", False, 60,
             bytes([58, 1, 1, 12, 0, 0, 0, 0]))
        case("fragment of a fragment", False, 44, struct.pack("!BBHI", 58, 0, 1, 4712))

    def tags(self):
        """Adds the frames of ARP and ICMPv6 that must not pass, in a single VLAN tag."""
        for name, who, passes, frame in list(self.cases):
            if passes or "neighbor" not in who:
                continue
            plain = frame(b"MK000000")
            kind = struct.unpack("!H", plain[12:14])[0]
            if kind != ETH_ARP and not (kind == ETH_IP6 and plain[20] in (0, 58, 60)):
                continue
            for label, outer, number in (("802.1Q 0", ETH_VLAN, 0), ("802.1Q 5", ETH_VLAN, 5),
                                         ("802.1ad 0", ETH_QINQ, 0), ("802.1ad 5", ETH_QINQ, 5)):
                def tag(k, frame=frame, outer=outer, number=number, kind=kind):
                    untagged = frame(k)
                    return untagged[:12] + struct.pack("!H", outer) + tagged(
                        number, kind, untagged[14:])
                self.case(f"{name}, in {label}", False, tag)

    def layers(self):
        me, victim, gateway, m, v, g = self.parties()
        only = "filtered",
        free = lambda k: ipv4("10.0.3.241", victim["ip4"], 17, udp(4000, 9, k))
        stolen = lambda k: ipv4(victim["ip4"], gateway["ip4"], 17, udp(4000, 9, k))
        reply = lambda k: arp(2, m, gateway["ip4"], v, victim["ip4"]) + k
        for number in (0, 5):
            self.case(f"VLAN {number}", False, lambda k, number=number: ether(
                v, m, ETH_VLAN, tagged(number, ETH_IP, free(k))), only)
        self.case("ARP in VLAN 0", False, lambda k: ether(
            v, m, ETH_VLAN, tagged(0, ETH_ARP, reply(k))))
        self.case("the victim's IPv4 in VLAN 0", False, lambda k: ether(
            g, m, ETH_VLAN, tagged(0, ETH_IP, stolen(k))))
        for name, outer in (("802.1Q", ETH_VLAN), ("802.1ad", ETH_QINQ)):
            self.case(f"IPv4 in two tags of {name}", False, lambda k, outer=outer: ether(
                g, m, outer, tagged(0, ETH_VLAN, tagged(0, ETH_IP, stolen(k)))))
            self.case(f"ARP in two tags of {name}", False, lambda k, outer=outer: ether(
                v, m, outer, tagged(0, ETH_VLAN, tagged(0, ETH_ARP, reply(k)))))
        for name, kind in (("LLDP", 0x88CC), ("EAPOL", 0x888E), ("MPLS", 0x8847), ("PPPoE", 0x8864),
                           ("an unknown type", 0x88B5)):
            self.case(name, False, lambda k, kind=kind: ether(v, m, kind, k * 4), only)
        self.case("EAPOL from the victim's hardware address", False, lambda k: ether(
            g, v, 0x888E, k * 4))
        for name, target in (("LLDP", "01:80:c2:00:00:0e"), ("EAPOL", "01:80:c2:00:00:03")):
            kind = 0x88CC if name == "LLDP" else 0x888E
            self.case(f"{name} to the bridge", False, lambda k, target=target, kind=kind: ether(
                mac(target), m, kind, k * 4), only)
        self.case("LLC", False, lambda k: ether(v, m, 46, b"\x42\x42\3" + bytes(35) + k), only)
        self.case("spanning tree", False, lambda k: ether(
            mac("01:80:c2:00:00:00"), m, 46, b"\x42\x42\3" + bytes(35) + k), only)

    def neighbor(self):
        me, victim, gateway, m, v, g = self.parties()
        only = "neighbor",
        self.case("a neighbor's free address", True, lambda k: ether(
            v, m, ETH_IP, ipv4("10.0.3.241", victim["ip4"], 17, udp(4000, 9, k))), only)
        other = mac("06:12:34:56:78:9a")
        self.case("a neighbor's other hardware address", True, lambda k: ether(
            v, other, ETH_ARP, arp(2, other, me["ip4"], v, victim["ip4"]) + k), only)


def watch(device, file):
    kind, every = 3, 3  # ETH_P_ALL
    receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(every))
    receiver.bind((device, kind))
    with open(file, "wb", buffering=0) as output:
        output.write(b"ready\n")
        while True:
            data, address = receiver.recvfrom(4096)
            mark = re.search(rb"MK\d{6}", data)
            if address[2] != socket.PACKET_OUTGOING and mark:
                output.write(mark[0] + b"\n")


def send(kind, facts, file):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind(("eth0", 0))
    with open(facts, encoding="utf-8") as text:
        cases = Frames(json.load(text)).cases
    first = 1000 if kind == "filtered" else 2000
    sent = {}
    for number, (name, who, passes, frame) in enumerate(cases):
        if kind in who:
            mark = b"MK%06d" % (first + number)
            sent[mark.decode()] = name, passes
            sender.send(frame(mark))
            time.sleep(0.005)
    with open(file, "w", encoding="utf-8") as output:
        json.dump(sent, output)


def flood(facts):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind(("eth0", 0))
    own = sender.getsockname()[4]
    with open(facts, encoding="utf-8") as text:
        parties = json.load(text)
    gateway, victim = parties["gateway"], parties["victim"]
    mark = b"MK999999"
    frames = [ether(BROADCAST, own, ETH_ARP, arp(1, own, address, NOBODY, address) + mark)
              for address in (gateway["ip4"], victim["ip4"], "10.0.3.241")]
    for address in (victim["ip4"], "10.0.3.241"):
        frames.append(ether(BROADCAST, own, ETH_IP, ipv4(
            address, "10.0.3.255", 17, udp(4000, 9, mark))))
    while True:
        for frame in frames:
            try:
                sender.send(frame)
            except OSError:
                pass  # The interface is down.
            time.sleep(0.001)


def results(directory):
    """Returns, for each case, whether its frame must pass, and which observers received it."""
    with open(f"{directory}/sent", encoding="utf-8") as text:
        sent = json.load(text)
    found = {name: (passes, []) for name, passes in sent.values()}
    for path in sorted(glob.glob(f"{directory}/seen.*")):
        with open(path, encoding="utf-8") as text:
            for mark in set(text.read().split()) & sent.keys():
                found[sent[mark][0]][1].append(path.rsplit(".", 1)[-1])
    return found


def judge(directory):
    found = results(directory)
    wrong = 0
    for name, (passes, seen) in found.items():
        if passes != bool(seen):
            wrong += 1
            print(f"{name}: reached {', '.join(seen) or 'nobody'}")
    print(f"{len(found) - wrong} of {len(found)} as intended")
    sys.exit(wrong > 0 or not found)


# The cases in each row of the table in lxc-usernet(5).
KINDS = {
    "Use its hardware address": [
        "ARP from the victim's hardware address", "EAPOL from the victim's hardware address",
        "all of the victim's addresses", "IPv6 with the victim's addresses"],
    "Use its IPv4 address": [
        "IPv4 as the victim to the gateway", "IPv4 as the victim to the outside"],
    "The same in fragments": ["second fragment as the victim"],
    "The same in VLAN tags": ["the victim's IPv4 in VLAN 0", "IPv4 in two tags of 802.1Q",
                              "IPv4 in two tags of 802.1ad"],
    "ARP for its address": [
        "ARP request from the victim's address", "ARP reply as the victim",
        "ARP that names the victim's hardware address"],
    "Gratuitous ARP, probes": [
        "gratuitous ARP as the victim", "ARP probe for the victim's address"],
    "ARP in VLAN tags": ["ARP in VLAN 0", "ARP in two tags of 802.1Q",
                         "ARP in two tags of 802.1ad"],
    "Malformed ARP": ["ARP with long hardware addresses", "ARP of IEEE 802 networks"],
    "Use its IPv6 addresses": ["IPv6 as the victim", "link-local IPv6 as the victim"],
    "Neighbor discovery for them": [
        "advertisement of the victim's address", "solicitation as the victim",
        "claim of the victim's address"],
    "Use the gateway's addresses": [
        "ARP reply as the gateway", "IPv4 as the gateway", "IPv6 as the gateway",
        "link-local IPv6 as the gateway", "advertisement of the gateway's address",
        "advertisement behind an extension header"],
    "Use the host's other addresses": [
        "IPv4 as the host", "ARP reply as the host", "IPv6 as the host"],
    "Router advertisements": [
        "router advertisement", "router advertisement behind an extension header", "redirect"],
    "Be a DHCP server": ["DHCP server", "DHCP server to all", "DHCPv6 server"],
    "Use or end its DHCP lease": [
        "DHCP for the victim", "DHCP release of the victim's lease",
        "DHCP release with the victim's addresses", "DHCP release of the victim's address"],
}


def table(*directories):
    """Prints the table. A cell is `yes` if a container or the outside host received a frame of the
    row, `host` if only the gateway did, and `no` if none did."""
    columns = [results(directory) for directory in directories]
    for kind, names in KINDS.items():
        cells = []
        for column in columns:
            seen = {party for name in names for party in column[name][1]}
            cells.append("no" if not seen else "host" if seen == {"host"} else "yes")
        print(" Ta ".join([f".It {kind}"] + cells))


if __name__ == "__main__":
    commands = {"watch": watch, "send": send, "flood": flood, "judge": judge, "table": table}
    commands[sys.argv[1]](*sys.argv[2:])
