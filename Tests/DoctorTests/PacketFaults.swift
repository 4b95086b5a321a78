import TestSupport
import Testing

/// Faults of the kernel's settings, the bridge, the host's uplink, and the settings of berth-net
/// and dnsmasq.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct PacketFaults {
    @Test("faults of settings on which packets, ARP, DHCP and DNS depend are reported")
    func breaking() async {
        await FaultScript.run(
            "faults-packets.sh", prints: wanted,
            and: [
                "the bridge has the address 10.0.3.1/32 instead of 10.0.3.1/24",
                "the route 10.0.3.0/24 of table 52 applies, which the rule with priority 5270 "
                    + "selects",
                "it has no default route, so containers reach only this host; up0 is down",
                "the router 192.0.2.99 of the default route does not answer",
                "alice has no container wbe: did you mean web?",
                "10.0.3.9 is leased to 00:16:3e:99:99:99 (other)",
                "the line gives web.alice.lxc, a name of a container, the address 10.9.9.9",
                "/etc/lxc/dnsmasq.conf:1: dhcp-option=3: containers get no default route",
                "uses the DHCP server port, 67",
            ])
    }
}

private let wanted = """
    healthy: 0 0
    healthy, run by alice: 0
    arp_ignore of lxcbr0: problem cut off -> ok reaches
    arp_ignore of all: problem cut off -> ok reaches
    another arp_ignore: ok reaches
    pings ignored: warning cut off -> ok reaches
    ARP off: problem cut off -> ok reaches
    spanning tree: problem reaches -> ok reaches
    prefix length of the bridge: problem cut off -> ok reaches
    the table of a VPN: problem cut off -> ok reaches
    a rule for the range: problem cut off -> ok reaches
    no carrier: problem
    cut off
    no router: problem
    uplink down: problem
    uplink up: ok reaches
    an IPsec policy: problem cut off -> ok reaches
    another policy: ok reaches
    DHCP off: problem no lease -> none leases
    DNS off: warning silent -> none resolves
    NAT off: warning cut off -> none reaches
    settings: none reaches
    settings not used: warning reaches -> none reaches
    another key: warning reaches -> none reaches
    a reservation: ok reaches
    a misspelled reservation: warning
    a reserved address in use: problem
    a name in hosts: warning
    no name in hosts: none reaches
    dhcp-ignore=tag:!staff: problem
    dhcp-option=3: problem
    dhcp-option=option:router,10.0.3.254: problem
    dhcp-option=option:dns-server: problem
    no-dhcp-interface=lxcbr0: problem
    dhcp-host=02:00:00:00:00:01,ignore: warning
    address=/#/192.0.2.80: problem
    no-resolv: warning
    dhcp-range=10.9.0.2,10.9.0.9: warning
    address=/web.alice.lxc/10.9.9.9: warning
    cache-size=500: ok
    dhcp-option=42,192.0.2.123: ok
    address=/intranet.example/192.0.2.80: ok
    domain-needed: ok
    dhcp-option=3,10.0.3.1: ok
    no-resolv server=192.0.2.53: ok
    another DHCP server: problem
    a gateway that no host has: problem -> warning
    documents, 0 faults
    """
