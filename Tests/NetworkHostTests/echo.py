"""A server that answers with the address of whoever asks, and who asks it."""
import socket
import sys


def serve(kind, port):
    server = socket.socket(socket.AF_INET, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", port))
    if kind == socket.SOCK_DGRAM:
        while True:
            _, sender = server.recvfrom(100)
            server.sendto(sender[0].encode(), sender)
    server.listen(16)
    while True:
        connection, sender = server.accept()
        connection.sendall(sender[0].encode())
        connection.close()


def ask(kind, address, port):
    client = socket.socket(socket.AF_INET, kind)
    client.settimeout(2)
    client.connect((address, port))
    if kind == socket.SOCK_DGRAM:
        client.send(b"who am I?")
    print(client.recv(100).decode())


def resolve(name, server):
    """The addresses of a name, by one question and without asking for any other kind."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(2)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    client.sendto(b"\0\7\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1", (server, 53))
    answer = client.recv(512)
    if answer[7]:
        print(socket.inet_ntoa(answer[-4:]))


kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
try:
    if sys.argv[1] == "resolve":
        resolve(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "serve":
        serve(kinds[sys.argv[2]], int(sys.argv[3]))
    else:
        ask(kinds[sys.argv[2]], sys.argv[3], int(sys.argv[4]))
except OSError as error:
    print(error)
