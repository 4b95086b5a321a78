"""A TCP connection whose server moves to another host.

connection.py serve PORT FILE    answers each request of one connection at a time; at SIGTERM, saves
                                 the state of the open connection in FILE, and ends without closing
                                 it, as a checkpoint of the container would
connection.py restore PORT FILE  continues the connection that was saved in FILE
connection.py ask ADDRESS PORT FILE [keep]
                                 sends a request every 50 ms, connects again whenever the connection
                                 ends, and writes a line after the first answer; once FILE exists
                                 and 10 more requests were answered, or after a minute, prints the
                                 number of connections and the longest time in milliseconds between
                                 two answers; with keep, connects only once
"""

import json
import os
import select
import signal
import socket
import struct
import sys
import time

REQUEST = b"request\n"
# From linux/tcp.h.
REPAIR, REPAIR_QUEUE, QUEUE_SEQ, REPAIR_OPTIONS, TIMESTAMP, REPAIR_WINDOW = 19, 20, 21, 22, 24, 29
RECEIVE_QUEUE, SEND_QUEUE = 1, 2
MSS, WINDOW_SCALE, SACK_PERMITTED, TIMESTAMPS = 2, 3, 4, 8


def number(connection, option):
    return connection.getsockopt(socket.IPPROTO_TCP, option) & 0xFFFFFFFF


def put(connection, option, value):
    if isinstance(value, int):
        value = struct.pack("I", value)
    connection.setsockopt(socket.IPPROTO_TCP, option, value)


def contents(connection):
    try:
        return connection.recv(1 << 20, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return b""


def save(connection, file):
    """Afterwards, the kernel sends nothing when the connection is closed."""
    put(connection, REPAIR, 1)
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
    state = {
        "own": connection.getsockname(), "other": connection.getpeername(), "options": info[5],
        "scale": info[6], "mss": number(connection, socket.TCP_MAXSEG),
        "timestamp": number(connection, TIMESTAMP),
        "window": connection.getsockopt(socket.IPPROTO_TCP, REPAIR_WINDOW, 20).hex(),
    }
    for queue in RECEIVE_QUEUE, SEND_QUEUE:
        put(connection, REPAIR_QUEUE, queue)
        data = contents(connection)
        state[str(queue)] = (number(connection, QUEUE_SEQ) - len(data)) & 0xFFFFFFFF, data.hex()
    with open(file, "w") as out:
        json.dump(state, out)
    sys.exit()


def restored(file):
    with open(file) as saved:
        state = json.load(saved)
    connection = socket.socket()
    put(connection, REPAIR, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    connection.bind(tuple(state["own"]))
    for queue in RECEIVE_QUEUE, SEND_QUEUE:
        put(connection, REPAIR_QUEUE, queue)
        put(connection, QUEUE_SEQ, state[str(queue)][0])
    connection.connect(tuple(state["other"]))
    options = [(MSS, state["mss"])]
    if state["options"] & 4:
        # The scales of the sender and of the receiver.
        options.append((WINDOW_SCALE, state["scale"] & 15 | state["scale"] >> 4 << 16))
    if state["options"] & 2:
        options.append((SACK_PERMITTED, 0))
    if state["options"] & 1:
        options.append((TIMESTAMPS, 0))
    put(connection, REPAIR_OPTIONS, b"".join(struct.pack("II", *option) for option in options))
    put(connection, TIMESTAMP, state["timestamp"])
    for queue in RECEIVE_QUEUE, SEND_QUEUE:
        put(connection, REPAIR_QUEUE, queue)
        data = bytes.fromhex(state[str(queue)][1])
        if data:
            connection.send(data)
    put(connection, REPAIR_WINDOW, bytes.fromhex(state["window"]))
    put(connection, REPAIR, 0)
    return connection


def answer(connection, file):
    """Answers until the client closes the connection. SIGTERM is handled between two answers."""
    signal.signal(signal.SIGTERM, lambda *_: save(connection, file))
    while True:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        select.select([connection], [], [])
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        data = connection.recv(len(REQUEST), socket.MSG_WAITALL)
        if not data:
            return
        connection.sendall(data)


def serve(port, file):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", port))
    server.listen()
    while True:
        answer(server.accept()[0], file)


def ask(address, port, file, keep):
    connections, longest, last, remaining = 0, 0, None, 10
    connection = None
    end = time.monotonic() + 240
    while remaining and time.monotonic() < end:
        try:
            if connection is None:
                connection = socket.create_connection((address, port), 1)
                # The answer to a request may be lost while the server moves.
                connection.settimeout(120 if keep else 1)
                connections += 1
            connection.sendall(REQUEST)
            if connection.recv(len(REQUEST), socket.MSG_WAITALL) != REQUEST:
                raise ConnectionError("the connection ended")
        except OSError as error:
            if keep and connections:
                print("the connection was lost:", error)
                return
            connection = None
            time.sleep(0.05)
            continue
        now = time.monotonic()
        if last is None:
            print("answered", flush=True)
        longest = max(longest, now - (last or now))
        last = now
        if os.path.exists(file):
            remaining -= 1
        time.sleep(0.05)
    print("unanswered" if remaining else f"{connections} {round(longest * 1000)}")


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "restore":
    answer(restored(sys.argv[3]), sys.argv[3])
else:
    ask(sys.argv[2], int(sys.argv[3]), sys.argv[4], "keep" in sys.argv)
