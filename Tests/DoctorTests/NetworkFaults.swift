import TestSupport
import Testing

/// Faults on the path of a running container's packets. For each line, the probe of the script runs
/// in the container before and after the printed fix.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct NetworkFaults {
    @Test("faults of networks are reported, and the container is reachable after the printed fix")
    func breaking() async {
        await FaultScript.run(
            "faults-network.sh", prints: wanted,
            and: [
                "the NIC is not attached to lxcbr0",
                "dnsmasq of lxcbr0: process ",
                "is in the frozen cgroup /sys/fs/cgroup/berth-frozen-",
                "the route \"blackhole 198.41.0.0/24\" rejects the packets",
                "the routing rule with priority 100 (prohibit) rejects the packets",
                "leads through tun9, so packets do not reach the containers",
                "all 2 addresses are leased",
                "its range 10.0.3.0/24 is also used on up0, which has 10.0.3.77/24",
                "the container has the bridge's own address, 10.0.3.1",
                "nothing in the container listens on that port",
                "of this host listens on the same port",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    a running container: ok reaches
    NIC unplugged: problem cut off -> ok reaches
    NIC down: problem cut off -> ok reaches
    NIC down inside: problem cut off -> ok reaches
    port disabled: problem cut off -> ok reaches
    NIC unplugged and down: problem cut off -> ok reaches
    no route inside: warning cut off -> ok reaches
    dnsmasq stopped: problem no lease -> ok leases
    dnsmasq frozen: problem no lease -> ok leases
    no default route: problem cut off
    blackhole: problem cut off -> ok reaches
    unreachable: problem cut off -> ok reaches
    a prohibiting rule: problem cut off -> ok reaches
    a table of the bridge: problem cut off -> ok reaches
    blackhole of the range: problem cut off -> ok reaches
    a VPN takes the range: problem cut off -> ok reaches
    no VPN: ok reaches
    not forwarding: problem cut off -> ok reaches
    bridge not forwarding: problem cut off -> ok reaches
    uplink not forwarding: problem cut off -> ok reaches
    rules lost: problem cut off -> none reaches
    NAT lost: problem cut off -> none reaches
    DNS silent: problem silent -> ok resolves
    port 67 not bound: problem no lease -> ok leases
    a real server: ok resolves
    pool full: problem no lease -> ok leases
    maximum reached: problem no lease -> ok leases
    an unknown drop: problem cut off -> ok reaches
    a drop of the range: problem cut off -> ok reaches
    a reject: problem cut off -> ok reaches
    a drop of one address: ok reaches
    an early drop: problem cut off -> ok reaches
    a drop of requests: problem no lease -> warning leases
    a reject of iptables: problem cut off -> ok reaches
    a drop in raw: problem cut off -> ok reaches
    MTU of the bridge too low: problem reaches -> ok reaches
    MTU inside too high: problem reaches -> ok reaches
    range used twice: problem
    range used once: ok reaches
    the bridge's address: problem
    127.0.0.53 without resolved: warning
    an absent name server: warning
    the bridge as name server: ok
    name server not reachable: warning
    silent name server: warning reaches
    no resolver here: warning
    no name server: warning
    nothing listens: warning
    httpd listens: ok
    a program of the host: warning
    alice, NIC unplugged: problem
    alice, dnsmasq stopped: problem
    alice, nics: ok
    alice, dns: ok
    alice, routes: ok
    alice, forwarding: ok
    alice, leases: ok
    alice, firewall: unknown
    alice, name-servers: warning
    healthy again: 0 0
    healthy again, run by alice: 0
    documents, 0 faults
    """
