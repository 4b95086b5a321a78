#!/usr/bin/env python3
"""Random histories of a host: berth-net starts, reloads with other settings, is killed and stops,
while an administrator changes the host. Each change of the administrator is also made in a second
namespace, the twin, where berth-net does not run. Afterwards links, addresses, routes, kernel
settings, flags of ports and rules must be equal in both.

Two NICs of containers exist only where berth-net runs. After each start and reload, they must be
attached to the bridge that the ledger names, with the options that they were granted, unless
berth-net does not manage that bridge, or the administrator attached them to another one.

    ownership.py SEED HISTORIES

If a history fails, its seed is printed. Runs on a host that lab.sh created, after lab_outside.
"""
import json
import os
import random
import re
import subprocess
import sys

BERTH_NET = os.environ["BERTH_NET"]
CONF = "/proc/sys/net"
# The NICs, with their bridge, the address of the host's end, and the grant in their group: bit 0 is
# isolated, and bit 1 macfilter.
NICS = {"n1": ("br7", "fe:bf:00:00:00:01", 3), "n2": ("lxcbr0", "fe:bf:00:00:00:02", 0)}


def run(command, twin=False, **options):
    words = ["ip", "netns", "exec", "twin"] if twin else []
    return subprocess.run(words + ["sh", "-c", command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


class History:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.log = []
        self.number = 0

    def foreign(self, command):
        """Runs a command of the administrator in both namespaces. It may fail in either."""
        self.log.append("foreign: " + command)
        run(command)
        run(command, twin=True)

    def remove_address(self, address):
        """Removes an IPv4 address of br7. On a bridge that berth-net uses and did not create, the
        kernel keeps the secondary addresses of its network: see berth-net(8). The setting for this
        is copied to the twin in the meantime."""
        setting = f"{CONF}/ipv4/conf/br7/promote_secondaries"
        here = run(f"cat {setting}").stdout.strip()
        there = run(f"cat {setting}", twin=True).stdout.strip()
        run(f"echo {here} >{setting}", twin=True)
        self.foreign(f"ip addr del {address} dev br7")
        run(f"echo {there} >{setting}", twin=True)

    def berth(self, verb, limit=None):
        command = f"{BERTH_NET} {verb}"
        if limit is not None:
            command = f"timeout -s KILL {limit:.3f} {command}"
        result = run(command)
        self.log.append(f"{command}: {result.returncode}\n{result.stdout}")
        # An interface that was added since then may need forwarding, so the twin forwards, too.
        if verb == "stop" and "net/ipv4/ip_forward remains 1" in result.stdout:
            self.foreign(f"echo 1 >{CONF}/ipv4/ip_forward")
        if verb == "stop" and "net/ipv6/conf/all/forwarding remains 1" in result.stdout:
            self.foreign(f"echo 1 >{CONF}/ipv6/conf/all/forwarding")
            self.foreign(f"echo 2 >{CONF}/ipv6/conf/up0/accept_ra")
        return result

    # The host before berth-net.

    def begin(self):
        pick = self.random.choice
        run("ip -n outside link del eth1 2>/dev/null")
        for link in ("br7", "lxcbr0", "vpn0", "p1", "p2", "p3", "p4"):
            self.foreign(f"ip link del {link}")
        self.foreign("nft flush ruleset")
        self.foreign(f"echo 1 >{CONF}/ipv4/ip_forward; echo 1 >{CONF}/ipv6/conf/all/forwarding")
        if pick((True, True, False)):
            self.foreign(f"echo 0 >{CONF}/ipv4/ip_forward")
            self.foreign(f"echo {pick((0, 1))} >{CONF}/ipv4/conf/up0/forwarding")
            self.foreign(f"echo {pick((0, 1))} >{CONF}/ipv4/conf/default/forwarding")
        if pick((True, True, False)):
            self.foreign(f"echo 0 >{CONF}/ipv6/conf/all/forwarding")
            self.foreign(f"echo {pick((0, 1))} >{CONF}/ipv6/conf/up0/forwarding")
        self.foreign(f"echo {pick((0, 1))} >{CONF}/ipv4/conf/all/accept_redirects")
        self.foreign(f"echo {pick((1, 2))} >{CONF}/ipv6/conf/up0/accept_ra")
        self.foreign("ip -6 route flush default; ip -6 route add default via 2001:db8::2 dev up0 "
                     f"proto {pick(('ra', 'static'))}")
        if pick((True, False)):
            self.foreign("ip tuntap add vpn0 mode tun; ip addr add 10.66.0.1/24 dev vpn0; "
                         "ip link set vpn0 up")
        self.nics()
        for port in ("p1", "p2", "p3", "p4"):
            self.foreign(f"ip link add {port} address 02:00:00:00:01:0{port[1]} type veth peer "
                         f"name {port}c address 02:00:00:00:02:0{port[1]}")
            self.foreign(f"ip link set {port} up")
        # The uplink of some networks, which its administrator may have set up. Its other end gets
        # no address when the uplink comes up.
        other = random.Random(len(self.log) + self.random.getstate()[1][0]).choice
        self.foreign(f"ip link set p4 {other(('up', 'down'))}; "
                     "ip link set p4c addrgenmode none up; "
                     f"echo {other((0, 1, 2))} >{CONF}/ipv6/conf/p4/accept_ra; "
                     f"echo {other((0, 1))} >{CONF}/ipv6/conf/p4/autoconf")
        if pick((True, True, True, False)):
            self.bridge()
        self.foreign("nft 'add table inet other; add chain inet other c'")

    def bridge(self):
        """Creates the administrator's bridge, br7."""
        pick = self.random.choice
        self.foreign("ip link add br7 address 02:00:00:00:00:07 type bridge; "
                     f"ip link set br7 mtu {pick((1500, 1500, 1279, 1400, 9000))}")
        for key, values in (("accept_ra", (0, 1, 2)), ("autoconf", (0, 1)), ("accept_dad", (0, 1)),
                            ("disable_ipv6", (0, 0, 1))):
            self.foreign(f"echo {pick(values)} >{CONF}/ipv6/conf/br7/{key}")
        self.foreign(f"echo {pick((0, 1))} >{CONF}/ipv4/conf/br7/promote_secondaries")
        if pick((True, True, False)):
            self.foreign("ip link set br7 up")
        for address in ("10.5.5.1/24", "10.0.3.200/24", "10.0.3.1/24", "fd42:1::1/64 nodad",
                        "fd42:1::1/80 nodad", "fd42:7::1/64 nodad"):
            if pick((True, False)):
                self.foreign(f"ip addr add {address} dev br7")
        if pick((True, False)):
            for port in ("p1", "p2"):
                self.foreign(f"ip link set {port} master br7")
            # As berth-nic does for the option isolated.
            self.foreign("bridge link set dev p1 isolated on")
            self.foreign("ip link set br7 up")

    def nics(self):
        """Creates the NICs as berth-nic does. Their other ends stay down: a carrier would change
        the state of the bridge, and the twin's bridge has no NICs."""
        self.remove_nics()
        run("ip netns add nics; mkdir -p /run/lxc; rm -f /run/lxc/nics")
        for name, (bridge, address, grant) in NICS.items():
            run(f"echo alice veth {bridge} {name} >>/run/lxc/nics")
            run(f"ip link add {name} address {address} type veth peer name {name} netns nics; "
                f"echo {0xbe000000 + grant} >/sys/class/net/{name}/netdev_group; "
                f"ip link set {name} addrgenmode none alias lxc:alice/{name} up")

    def remove_nics(self):
        # First delete each NIC: the kernel deletes those of a deleted namespace some time later.
        for name in NICS:
            run(f"ip link del {name}")
        run("ip netns del nics")

    def masters(self):
        links = json.loads(run("ip -j link").stdout)
        return {link["ifname"]: link.get("master") for link in links if link["ifname"] in NICS}

    def misplaced(self, before):
        """Returns what a start or reload should have done to the NICs, and did not; or None.

        before: the bridges of the NICs before the start or reload."""
        for name, (bridge, address, grant) in NICS.items():
            link = json.loads(run(f"ip -j -d link show {name}").stdout)[0]
            if bridge not in self.bridges or before[name] not in (None, bridge):
                if link.get("master") != before[name]:
                    return (f"{name} was a port of {before[name]} and is now a port of "
                            f"{link.get('master')}")
                continue
            if link.get("master") != bridge or "UP" not in link["flags"]:
                return f"{name} is not attached to {bridge}, or down"
            options = link["linkinfo"]["info_slave_data"]
            entries = run(f"bridge fdb show dev {name} | grep static").stdout
            found = (options["isolated"], options["locked"], options["learning"],
                     entries.startswith("b2" + address[2:]))
            isolated = bool(grant & 1) or self.isolates.get(bridge, False)
            locked = bool(grant & 2)
            if found != (isolated, locked, not locked, locked):
                return f"{name} is {found}"
        return None

    # The history of the host.

    def settings(self):
        pick = self.random.choice
        first, second = pick((("br7", "lxcbr0"), ("br7", None), ("lxcbr0", None)))
        lines = [f"LXC_BRIDGE={first}"]
        lines.append(pick(("", "LXC_ADDR=10.0.3.1", "LXC_ADDR=10.0.3.200", "LXC_ADDR=10.8.8.1")))
        lines.append(pick(("", "", "LXC_BRIDGE_MTU=1400", "LXC_BRIDGE_MTU=1500")))
        lines.append(pick(("", "", "LXC_BRIDGE_MAC=02:00:00:00:00:aa")))
        lines.append(pick(("", "LXC_IPV6_ENABLE=false", "LXC_IPV6_ADDR=fd42:1::1",
                           "LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80")))
        lines.append(pick(("", "LXC_ISOLATE=true")))
        self.bridges = {first, second}
        self.isolates = {first: bool(lines[-1])}
        lines.append(pick(("", "LXC_USE_NFT=false")))
        lines.append(pick(("", "LXC_NAT=false", "LXC_FORWARDS=tcp:2525=ADDRESS:25",
                           "LXC_DNS_PORT=0")))
        if "LXC_FORWARDS" in lines[-1]:
            network = "10.8.8" if "10.8.8" in lines[1] else "10.0.3"
            lines[-1] = lines[-1].replace("ADDRESS", network + ".99")
        # Other random numbers, so that the histories remain those of former versions.
        pick = random.Random(len(self.log)).choice
        lines.append(pick(("", "", "LXC_ROUTED_FROM=up0", "LXC_NAT_EXCEPT=10.80.0.0/12")))
        tunnel = pick(("", "", "192.0.2.2", "192.0.2.2 192.0.2.3", "evpn"))
        uplink = "" if tunnel else pick(("", "LXC_UPLINK=p4", "LXC_UPLINK=p4 LXC_ADDR=10.44.4.1"))
        with open("/etc/default/lxc-net", "w") as file:
            file.write("\n".join(lines) + "\n")
        try:
            os.remove("/etc/lxc/net.d/two.conf")
        except FileNotFoundError:
            pass
        if second:
            os.makedirs("/etc/lxc/net.d", exist_ok=True)
            with open("/etc/lxc/net.d/two.conf", "w") as file:
                file.write(f"LXC_BRIDGE={second} {uplink or 'LXC_ADDR=10.44.4.1'}\n")
                if tunnel:
                    file.write("LXC_DHCP_RANGE=10.44.4.2,10.44.4.99 LXC_IPV6_ENABLE=false\n"
                               "LXC_VXLAN=7 LXC_VXLAN_LOCAL=192.0.2.1\n"
                               f"LXC_VXLAN_PEERS='{tunnel}'\n")
        self.log.append("settings: " + " ".join(line for line in lines if line) + f" and {second}"
                        + (f" with {tunnel or uplink}" if second and (tunnel or uplink) else ""))

    def step(self):
        self.number += 1
        number = self.number
        choice = self.random.random()
        pick = self.random.choice
        other = random.Random(len(self.log)).choice
        self.foreign(other(("true", "true", "true", "true", "ip link set p4 down",
                            "ip link set p4 nomaster",
                            f"echo 2 >{CONF}/ipv6/conf/p4/accept_ra",
                            "bridge link set dev p4 isolated on")))
        before = self.masters()
        if choice < 0.30:
            self.settings()
            if self.berth("reload").returncode == 0:
                return self.misplaced(before)
        elif choice < 0.40:
            if self.berth("start").returncode == 0:
                misplaced = self.misplaced(before)
                if misplaced:
                    return misplaced
            # One start makes all changes, so the plan after it is empty.
            if self.log[-1].split("\n")[0].endswith(": 0"):
                plan = run(f"{BERTH_NET} plan 2>/dev/null")
                if plan.returncode:
                    return f"plan after start is not empty:\n{plan.stdout}"
        elif choice < 0.50:
            self.berth(pick(("start", "reload", "stop")), limit=self.random.uniform(0.01, 0.2))
        elif choice < 0.57:
            self.berth("stop")
        else:
            # These values differ from those that berth-net sets: otherwise it cannot tell who set
            # them.
            change = pick((
                f"ip addr add 10.77.{number}.1/24 dev br7",
                f"echo 0 >{CONF}/ipv6/conf/br7/disable_ipv6; "
                f"ip addr add fd77:{number}::1/64 dev br7 nodad",
                f"ip addr add 10.0.3.{100 + number}/24 dev br7",
                "remove 10.5.5.1/24", "remove 10.0.3.200/24", "remove 10.0.3.1/24",
                "ip addr del fd42:7::1/64 dev br7",
                # An interface that loses its last IPv4 address loses all its routes.
                f"ip addr add 10.78.{number}.1/24 dev br7; "
                f"ip route add 10.99.{number}.0/24 dev br7",
                f"ip link set br7 mtu {1300 + number}", f"ip link set lxcbr0 mtu {1300 + number}",
                f"ip link set br7 address 02:00:00:00:03:0{number % 10}",
                f"echo 2 >{CONF}/ipv6/conf/br7/accept_ra", "ip link del lxcbr0",
                f"echo 0 >{CONF}/ipv4/conf/br7/promote_secondaries",
                f"echo 0 >{CONF}/ipv4/ip_forward", f"echo 0 >{CONF}/ipv6/conf/all/forwarding",
                "bridge link set dev p1 isolated off", "bridge link set dev p2 isolated off",
                f"nft 'add rule inet other c ip saddr 10.{number}.0.0/16 drop'",
                "nft flush ruleset", "ip link set p2 nomaster", "ip link set p3 master lxcbr0",
                "kill -9 $(cat /run/lxc/dnsmasq*.pid)",
                "ip link set n1 nomaster", "ip link set n2 nomaster", "ip link set n1 down",
                "ip link set n2 down", "bridge link set dev n1 isolated off locked off learning on",
                "bridge fdb del b2:bf:00:00:00:01 dev n1 master", "ip link set n1 master lxcbr0",
                "ip link set n2 master br7", "ip link set n1 nomaster; ip link set n1 master br7",
            ))
            if change.startswith("remove "):
                self.remove_address(change.removeprefix("remove "))
            else:
                self.foreign(change)
        return None

    def end(self):
        self.remove_nics()
        run("rm /run/lxc/nics")
        self.foreign("ip link set p3 nomaster")
        stop = self.berth("stop")
        if stop.returncode:
            return "stop failed"
        again = self.berth("stop")
        if again.returncode or again.stdout:
            return "stop is not idempotent"
        if set(os.listdir("/run/lxc")) - {"berth-net.lock", "berth-net.run"}:
            return f"files are left: {os.listdir('/run/lxc')}"
        here, there = snapshot(False), snapshot(True)
        for line in sorted(here - there):
            self.log.append("only here: " + line)
        for line in sorted(there - here):
            self.log.append("only in the twin: " + line)
        return None if here == there else "the host is not as it was"


def snapshot(twin):
    """Everything that berth-net could have changed, as a set of lines."""
    lines = set()
    for link in json.loads(run("ip -j -d link", twin).stdout or "[]"):
        if link["ifname"] in NICS:
            continue
        info = link.get("linkinfo", {})
        lines.add(f"link {link['ifname']} {info.get('info_kind')} mtu {link['mtu']} "
                  f"{link.get('address')} up {'UP' in link['flags']} master {link.get('master')} "
                  f"isolated {info.get('info_slave_data', {}).get('isolated')}")
    for link in json.loads(run("ip -j addr", twin).stdout or "[]"):
        for address in link.get("addr_info", []):
            lines.add(f"address {link['ifname']} {address['local']}/{address['prefixlen']} "
                      f"{address.get('broadcast')} {address['scope']} "
                      f"secondary {address.get('secondary', False)}")
    for family in ("-4", "-6"):
        for line in run(f"ip {family} route show table all", twin).stdout.splitlines():
            # The kernel adds routes of the table local once an address can be used.
            if "table local" not in line and "fe80::" not in line:
                line = re.sub(r" (linkdown|dead|pref \w+|expires \d+sec)", "", line)
                lines.add("route " + line.strip())
    for line in run(f"grep -rs . {CONF}/ipv4/ip_forward {CONF}/ipv4/conf {CONF}/ipv6/conf",
                    twin).stdout.splitlines():
        lines.add(line)
    for program in ("iptables-save", "ip6tables-save"):
        for line in run(program, twin).stdout.splitlines():
            if not re.match(r"[:#*]|COMMIT", line):
                lines.add(f"{program}: {line}")
    # iptables leaves empty tables.
    ruleset = run("nft -s list ruleset", twin).stdout
    for table in re.findall(r"^table [^\n]*\{\n.*?^\}", ruleset, re.DOTALL | re.MULTILINE):
        if not re.match(r"table ip6? (filter|nat|mangle|raw) ", table):
            lines.add(table)
    return lines


def twin():
    commands = """
        ip netns add twin
        ip netns add twins
        ip -n twin link set lo up
        ip -n twin link add up0 type veth peer name eth0 netns twins
        ip -n twins addr add 192.0.2.2/24 dev eth0
        ip -n twins link set eth0 up
        ip -n twin addr add 192.0.2.1/24 dev up0
        ip -n twin -6 addr add 2001:db8::1/64 dev up0 nodad
    """
    for line in commands.splitlines():
        run(line)
    # Equal hardware addresses give equal link-local addresses.
    for where in ("", "-n twin"):
        run(f"ip {where} link set up0 down; ip {where} link set up0 address 02:00:00:00:00:01; "
            f"ip {where} link set up0 up; ip {where} -6 addr add 2001:db8::1/64 dev up0 nodad; "
            f"ip {where} route replace default via 192.0.2.2; "
            f"ip {where} -6 route replace default via 2001:db8::2")


def main():
    seed, histories = int(sys.argv[1]), int(sys.argv[2])
    twin()
    for number in range(histories):
        history = History(seed + number)
        history.begin()
        problem = None
        history.settings()
        for _ in range(history.random.randrange(4, 12)):
            problem = history.step()
            if problem:
                break
        problem = problem or history.end()
        if problem:
            print(f"seed {seed + number}: {problem}")
            print("\n".join(history.log))
            sys.exit(1)
    print(f"{histories} histories from seed {seed} on")


main()
