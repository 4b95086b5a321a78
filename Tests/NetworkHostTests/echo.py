"""A server that replies with the client's address, and its client."""
import socket
import sys
import time


def serve(family, kind, port):
    server = socket.socket(family, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", port))
    if kind == socket.SOCK_DGRAM:
        while True:
            _, sender = server.recvfrom(100)
            server.sendto(sender[0].encode(), sender)
    server.listen(16)
    while True:
        connection, sender = server.accept()
        connection.sendall(sender[0].encode())
        connection.close()


def ask(family, kind, address, port, source=0):
    client = socket.socket(family, kind)
    client.settimeout(30)
    client.bind(("", source))
    client.connect((address, port))
    if kind == socket.SOCK_DGRAM:
        client.send(b"who am I?")
    print(client.recv(100).decode())


def resolve(name, server):
    """Prints the IPv4 address of a name, if the server answers a query of type A with an address.
    The server is an IP address, or an IPv4 address with a port."""
    server, port = server.split(":") if server.count(":") == 1 else (server, 53)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    client = socket.socket(family, socket.SOCK_DGRAM)
    client.settimeout(30)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    client.connect((server, int(port)))
    client.send(b"\0\7\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1")
    answer = client.recv(512)
    if answer[7]:
        print(socket.inet_ntoa(answer[-4:]))


def catch(sender):
    """Counts the frames from a hardware address that arrive at eth0, until it is killed, and prints
    the count after each."""
    client = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    client.bind(("eth0", 0))
    wanted = bytes.fromhex(sender.replace(":", ""))
    count = 0
    print(count, flush=True)
    while True:
        if client.recv(2000)[6:12] == wanted:
            count += 1
            print(count, flush=True)


def reverse(address, server):
    """Prints the names of an IPv4 address, each on a line."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(30)
    name = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = labels + b"\0\0\14\0\1"
    client.connect((server, 53))
    client.send(b"\0\7\1\0\0\1\0\0\0\0\0\0" + question)
    answer = client.recv(512)
    place = 12 + len(question)
    for _ in range(answer[7]):
        # A compressed name, type, class, TTL and length precede the name.
        length = int.from_bytes(answer[place + 10:place + 12])
        place += 12
        parts, at = [], place
        while answer[at]:
            if answer[at] >= 0xC0:
                at = int.from_bytes(answer[at:at + 2]) & 0x3FFF
                continue
            parts.append(answer[at + 1:at + 1 + answer[at]].decode())
            at += 1 + answer[at]
        print(".".join(parts))
        place += length


def router():
    """Prints what the router on eth0 advertises: prefixes, name servers, MTU."""
    client = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    client.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    client.settimeout(1)
    everyone = "ff02::2", 0, 0, socket.if_nametoindex("eth0")
    for _ in range(60):
        try:
            client.sendto(b"\x85" + bytes(7), everyone)
            answer = client.recv(1500)
            while answer[0] != 134:
                answer = client.recv(1500)
        except OSError:
            time.sleep(0.5)
            continue
        print("router flags", answer[5], "lifetime", int.from_bytes(answer[6:8]))
        options = answer[16:]
        while options:
            kind, length = options[0], options[1] * 8
            if kind == 3:
                prefix = socket.inet_ntop(socket.AF_INET6, options[16:32])
                print(f"prefix {prefix}/{options[2]} flags {options[3]}")
            if kind == 5:
                print("mtu", int.from_bytes(options[4:8]))
            if kind == 25:
                server = socket.inet_ntop(socket.AF_INET6, options[8:24])
                print("name server", server)
            options = options[length:]
        return
    print("no router")


kinds = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM),
}
try:
    if sys.argv[1] == "resolve":
        resolve(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "reverse":
        reverse(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "router":
        router()
    elif sys.argv[1] == "catch":
        catch(sys.argv[2])
    elif sys.argv[1] == "serve":
        serve(*kinds[sys.argv[2]], int(sys.argv[3]))
    else:
        ask(*kinds[sys.argv[2]], sys.argv[3], *map(int, sys.argv[4:]))
except OSError as error:
    print(error)
