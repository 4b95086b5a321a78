#!/usr/bin/python3
"""large-host.py USERS CONTAINERS: creates that many containers for each of the users user1, user2
and so on, with user IDs from 6001. Each is a process in a user namespace and a network namespace of
the user, as a child of a process with the title of LXC's monitor, with a NIC on lxcbr0, an address,
a lease, and a cgroup if berth-cgroup has set up the hierarchy. Prints "ready", and kills all of
them when it is killed."""
import ctypes
import os
import signal
import subprocess
import sys
import time

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWPID = 0x10000000, 0x40000000, 0x20000000
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags):
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def monitor(user, name, pipe):
    """Takes the title `[lxc monitor] /x NAME`, and starts a child in new namespaces."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setgid(user)
    os.setuid(user)
    # The kernel clears this setting when the user ID changes.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID)
    child = os.fork()
    # The first process in a PID namespace is a container's init.
    if child == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.execv("/bin/sleep", ["init", "3600"])
    os.write(pipe, f"{child}\n".encode())
    os.execv("/bin/bash", [f"[lxc monitor] /x {name}", "-c", "wait; sleep 3600; :"])


users, containers = int(sys.argv[1]), int(sys.argv[2])
commands, rows, leases = [], [], []
for user in range(1, users + 1):
    for number in range(1, containers + 1):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            monitor(6000 + user, f"web{number}", writer)
        os.close(writer)
        child = b""
        while not child.endswith(b"\n"):
            part = os.read(reader, 64)
            if not part:
                sys.exit(f"user{user}/web{number} does not start")
            child += part
        os.close(reader)
        child = int(child)
        index = (user - 1) * containers + number
        host = f"veth{6000 + user}_{index:04d}"
        address = f"10.0.{3 + index // 200}.{10 + index % 200}"
        mac = f"b2:bf:00:00:{index // 256:02x}:{index % 256:02x}"
        commands += [
            f"link add {host} mtu 1500 type veth peer name eth0 netns {child}",
            f"link set {host} master lxcbr0 up alias lxc:user{user}/web{number}",
        ]
        rows.append((child, host, address, mac))
        leases.append(f"0 {mac} {address} web{number} *\n")
        cgroup = f"/sys/fs/cgroup/berth/u{6000 + user}/run-{index:08d}/lxc.payload.web{number}"
        if os.path.isdir("/sys/fs/cgroup/berth"):
            os.makedirs(cgroup)
            with open(f"{cgroup}/cgroup.procs", "w") as file:
                file.write(str(child))
ledger = "".join(
    f"user{(place // containers) + 1} veth lxcbr0 {row[1]}\n" for place, row in enumerate(rows))
with open("/var/lib/misc/dnsmasq.lxcbr0.leases", "w") as file:
    file.writelines(leases)
with open("/run/lxc/nics", "w") as file:
    os.fchmod(file.fileno(), 0o600)
    file.write(ledger)
subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)
for child, host, address, mac in rows:
    subprocess.run(
        ["nsenter", "-t", str(child), "-n", "ip", "-batch", "-"], text=True, check=True,
        input=f"link set eth0 address {mac} up\naddress add {address}/16 dev eth0\n")
print("ready", flush=True)
time.sleep(3600)
