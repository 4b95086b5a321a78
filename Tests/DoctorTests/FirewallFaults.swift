import TestSupport
import Testing

/// Tables of other programs that drop or divert packets, at each hook that these pass.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct FirewallFaults {
    @Test("chains that drop or divert packets are reported, and harmless ones are not")
    func breaking() async {
        await FaultScript.run(
            "faults-firewall.sh", prints: wanted,
            and: [
                "the chain c (inet site) drops its DHCP requests or replies and DNS "
                    + "queries or answers",
                "the chain c (inet site) drops its pings of this host",
                "the chain c (arp site) drops its ARP packets",
                "the chain c (netdev site) drops its ARP packets",
                "the source address 203.0.113.9, which is not one of this host",
                "exempts its packets from connection tracking",
                "sends its DNS queries to 192.0.2.53 instead of dnsmasq",
                "so the rule with priority 80 (ip rule) routes them differently",
                "drops its connections to forwarded ports",
                "takes the port of LXC_FORWARDS tcp:8080=",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    all but SSH: problem no lease
    DHCP requests: problem no lease
    DHCP replies: problem no lease
    answers of DNS: problem silent
    queries of DNS: problem silent
    new connections: problem cut off
    private sources: problem cut off
    private destinations: problem cut off
    pings: warning cut off
    one address: problem cut off
    one hardware address: problem cut off
    another address: ok reaches
    mail: ok reaches
    another interface: ok reaches
    other sources: ok reaches
    replies only: ok reaches
    ARP at the bridge: problem cut off
    ARP of this host: problem cut off
    answers of ARP: problem cut off
    a device: problem no lease
    a port: problem cut off
    another device: ok reaches
    a source that no host has: problem cut off
    the source of this host: ok reaches
    untracked: problem cut off
    another name server: warning silent
    a mark: warning cut off
    a mark without a rule: ok reaches
    a firewall for clients: warning silent
    the port elsewhere: warning silent
    another port elsewhere: ok answers
    SNAT of iptables: problem cut off
    notrack of iptables: problem cut off
    afterwards: ok
    documents, 0 faults
    """
