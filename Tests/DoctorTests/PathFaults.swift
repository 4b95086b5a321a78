import TestSupport
import Testing

/// Faults of how this host and a running container route packets, found and fixed on a real kernel.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct PathFaults {
    @Test("faults of rules, neighbor entries, tunnels and traffic control are reported")
    func breaking() async {
        await FaultScript.run(
            "faults-path.sh", prints: wanted,
            and: [
                "the chain FORWARD (ip filter) drops its pings of other hosts and ICMP messages",
                "net.ipv4.ipfrag_high_thresh = 0: this host has too little memory for fragments",
                "up0, queueing discipline tbf: it lets only 8 kbit/s pass",
                "answers of this host to containers, such as those of dnsmasq, leave through up0",
                "leave through up0 instead of lxcbr0: the rule with priority 100 (ip rule)",
                "connections from 10.0.3.0/24 to TCP port 80 are refused by a rule for this port",
                "lo: it has the address 10.0.3.9, which is in the range 10.0.3.0/24 of lxcbr0",
                "the container's default route leads through its loopback interface",
                "the container's default route leads to 10.0.3.99, which neither lxcbr0 nor",
                "the container's loopback interface is down",
                "maps the router 192.0.2.2 of the default route to 02:de:ad:be:ef:01",
                "vpn0: packets to the Internet are sent into this tunnel, which has never received",
                "lxcbr0: MTU 600 becomes 1500",
                "no running container has the address 10.0.3.222",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    pings rejected: warning cut off -> ok reaches
    size messages dropped: warning
    another message dropped: ok reaches
    list without the container: problem
    list with the container: ok answers
    no memory for fragments: problem lost -> ok passes
    slow uplink: warning
    fast uplink: ok reaches
    slow class: warning
    rule for answers: problem silent -> ok resolves
    rule for the bridge: problem silent -> ok resolves
    rule for replies: problem cut off -> ok reaches
    rule for a port: problem reaches -> ok reaches
    rule for a protocol: problem silent -> ok resolves
    another rule: ok reaches
    address on lo: problem no answer -> ok answers
    address of the range on lo: warning answers -> ok answers
    another address: ok reaches
    default route to lo: problem cut off -> ok reaches
    wrong router: problem cut off -> ok reaches
    loopback down: warning reaches -> ok reaches
    entry of the router: problem cut off -> ok reaches
    dead VPN: problem cut off
    dead VPN with rules: problem cut off
    no VPN: ok reaches
    smaller bridge: none reaches
    tiny bridge: problem reaches -> none reaches
    forward to no container: warning
    documents, 0 faults
    """
