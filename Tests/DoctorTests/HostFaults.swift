import TestSupport
import Testing

/// Faults of the host's own settings on which its containers depend.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct HostFaults {
    @Test("faults of sets, name servers, kernel tables and berth-net's state are reported")
    func breaking() async {
        await FaultScript.run(
            "faults-host.sh", prints: wanted,
            and: [
                "by the rule with handle 3, which uses @s",
                "the chain OUTPUT (ip filter) drops this host's queries to it by rule 1",
                "did not answer a query within 500 ms",
                "/etc/resolv.conf:1: the line names no name server",
                "a permanent entry in this host's neighbor table (ARP) maps",
                "its burst is too small for frames of more than 1002 bytes",
                "the chain OUTPUT (ip filter) drops the ICMP messages",
                "its port up0 is the interface of this host's default route",
                "/etc/default/lxc-net:1: LXC_DHCP_MAX is set again in line 2",
                "this host has no address 198.51.100.7",
                "listens on that port of its loopback address only",
                "has a byte order mark (U+FEFF)",
                "the state of berth-net in /run/lxc is missing",
                "LXC's own service lxc-net was started again",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    a set: problem cut off -> ok reaches
    a set with timeouts: problem cut off -> ok reaches
    a set of prefixes: problem no lease -> warning leases
    a set of interfaces: problem no lease -> ok leases
    pairs: warning cut off -> warning cut off
    a map: problem silent -> ok resolves
    another set: ok reaches -> ok reaches
    queries dropped: warning
    answers dropped: warning
    a silent name server: warning
    a misspelt name server: warning
    an unreadable resolv.conf: warning -> ok
    a dangling resolv.conf: warning
    name servers: ok reaches
    a permanent neighbor: problem
    no permanent neighbor: ok reaches
    a static forwarding entry: problem cut off -> ok reaches
    a small burst: problem
    lost
    a large burst: ok reaches
    messages about the MTU dropped: problem not told -> none told
    a kill switch: problem
    a locked ledger: problem
    a free ledger: ok reaches
    the uplink on the bridge: problem
    the uplink off the bridge: ok reaches
    a setting twice: warning
    an address that this host does not have: warning
    a service on loopback: warning
    a byte order mark: problem -> ok
    a no-break space: warning
    plain text: ok reaches
    no state: problem resolves -> none resolves
    lxc-net: problem
    lxc-net replaced: none
    documents, 0 faults
    """
