import Netlink
import Testing

@testable import Network

@Suite("The plan changes the observed state into the desired one")
struct PlanTests {
    /// The observed state and the record after all changes of a plan.
    static func applied(_ network: DesiredNetwork, ports: [Interface] = []) throws -> (
        ObservedNetwork, Record.Entry
    ) {
        var observed = ObservedNetwork()
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        observed.ports = ports
        observed.addresses = network.ipv4.map { [BridgeAddress($0)] } ?? []
        if let ipv6 = network.ipv6 { observed.addresses.append(BridgeAddress(ipv6)) }
        observed.dnsmasq = ObservedDnsmasq(
            process: 9,
            arguments: DnsmasqConfiguration(
                network: network, dnsPort: 53, user: "nobody", nameServers: []
            )
            .arguments)
        observed.reservations = DnsmasqConfiguration.reservations(network)
        observed.hostNames = HostNames().file(for: network)
        for name in ["accept_dad", "accept_ra", "addr_gen_mode", "autoconf"] {
            observed.kernel["/proc/sys/net/ipv6/conf/lxcbr0/\(name)"] = "0"
        }
        observed.nftTable = "table inet berth_lxcbr0 {\n}"
        let rules = FirewallRules(network, dnsPort: 53)
        let entry = Record.Entry(
            desired: network, bridge: .made, bridgeIndex: 7,
            addresses: network.addresses.map { .init(address: $0, origin: .made) },
            firewall: .init(
                dialect: .nft,
                rendered: Planner(HostCapabilities()).renderedDigest(rules, network),
                observed: try #require(Planner.listing(observed, .nft)).digest),
            dnsPort: 53, configurationDigest: nil, isComplete: true)
        return (observed, entry)
    }

    @Test("Everything is created on an empty host, and nothing is changed on a complete one")
    func twice() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        let all = planner.changes(to: network, from: ObservedNetwork(), record: nil)
        #expect(all.first?.description.hasPrefix("+ lxcbr0: bridge") ?? false)
        #expect(all.last?.description == "+ lxcbr0: dnsmasq")
        let (observed, entry) = try Self.applied(network)
        #expect(planner.changes(to: network, from: observed, record: entry).isEmpty)
    }

    @Test(
        "A changed setting causes only its own changes",
        arguments: [
            ("LXC_FORWARDS=tcp:80=10.0.3.9:80", ["~ lxcbr0: firewall table inet berth_lxcbr0"]),
            (
                "LXC_DHCP_HOSTS=web,10.0.3.9",
                [
                    "~ lxcbr0: reservations (1)",
                    "~ lxcbr0: dnsmasq rereads its files",
                ]
            ),
            (
                "LXC_DHCP_RANGE=10.0.3.9,10.0.3.19 LXC_DHCP_MAX=253",
                [
                    "~ lxcbr0: dnsmasq restarts, without --dhcp-range=10.0.3.2,10.0.3.254, "
                        + "with --dhcp-range=10.0.3.9,10.0.3.19"
                ]
            ),
            ("LXC_NAT=false", ["~ lxcbr0: firewall table inet berth_lxcbr0"]),
            (
                "LXC_BRIDGE_MAC=02:00:00:00:00:01",
                ["~ lxcbr0: hardware address 10:66:6a:00:00:00 becomes 02:00:00:00:00:01"]
            ),
        ])
    func oneChange(text: String, expected: [String]) throws {
        let (observed, entry) = try Self.applied(try network())
        let changes = Planner(HostCapabilities()).changes(
            to: try network(text), from: observed, record: entry)
        #expect(changes.map(\.description) == expected)
    }

    @Test("Without DHCP and DNS, dnsmasq is stopped, and its files are removed")
    func withoutDnsmasq() throws {
        let (observed, entry) = try Self.applied(try network("LXC_IPV6_RA=false"))
        let changes = Planner(HostCapabilities()).changes(
            to: try network("LXC_DHCP=false LXC_DNS_PORT=0"), from: observed, record: entry)
        #expect(
            changes.map(\.description).suffix(3) == [
                "- lxcbr0: dnsmasq", "- lxcbr0: reservations (0)",
                "- lxcbr0: hosts file with this host's names and those of /etc/hosts (2)",
            ])
    }

    @Test("With bind-interfaces, dnsmasq restarts if the address of the bridge is lost")
    func boundAddress() throws {
        let network = try network("LXC_DNS_PORT=0 LXC_DHCP_CONFILE=/a")
        var (observed, entry) = try Self.applied(network)
        observed.bindsInterfaces = true
        entry.configurationDigest = "1"
        observed.configurationDigest = "1"
        let planner = Planner(HostCapabilities())
        func restarts() -> Bool {
            planner.changes(to: network, from: observed, record: entry)
                .contains { $0.description.hasPrefix("~ lxcbr0: dnsmasq restarts") }
        }
        observed.dnsmasq = ObservedDnsmasq(
            process: 9, arguments: planner.configuration(network, observed).arguments)
        #expect(!restarts())
        observed.addresses = []
        #expect(restarts())
        observed.bindsInterfaces = false
        observed.dnsmasq = ObservedDnsmasq(
            process: 9, arguments: planner.configuration(network, observed).arguments)
        #expect(!restarts())
    }

    @Test("Only what is missing is restored")
    func restored() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        let (whole, entry) = try Self.applied(network)
        var observed = whole
        observed.nftTable = nil
        #expect(
            planner.changes(to: network, from: observed, record: entry).map(\.description)
                == ["+ lxcbr0: firewall table inet berth_lxcbr0"])
        observed = whole
        observed.addresses.removeFirst()
        #expect(
            planner.changes(to: network, from: observed, record: entry).map(\.description)
                == ["+ lxcbr0: address 10.0.3.1/24"])
        observed = whole
        observed.dnsmasq = nil
        #expect(
            planner.changes(to: network, from: observed, record: entry).map(\.description)
                == ["+ lxcbr0: dnsmasq"])
    }

    @Test("A bridge that has ports, or that berth-net did not create, is not deleted")
    func bridgeStays() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        func removal(_ observed: ObservedNetwork, _ entry: Record.Entry) -> [String] {
            planner.removal(of: entry, from: observed).map(\.description)
        }
        var (observed, entry) = try Self.applied(network)
        #expect(removal(observed, entry).contains("- lxcbr0: bridge"))
        observed.ports = [try interface("veth1", index: 8, master: 7)]
        #expect(!removal(observed, entry).contains("- lxcbr0: bridge"))
        #expect(removal(observed, entry).contains("- lxcbr0: address 10.0.3.1/24"))
        observed.ports = []
        entry.bridge = .found
        #expect(!removal(observed, entry).contains("- lxcbr0: bridge"))
    }

    @Test("An address that the administrator added to the bridge is kept")
    func foreignAddress() throws {
        let old = try network("LXC_IPV6_ENABLE=false")
        let (applied, entry) = try Self.applied(old)
        var observed = applied
        let other = try network("LXC_ADDR=10.0.9.1 LXC_IPV6_ENABLE=false")
        observed.addresses.append(contentsOf: try network("LXC_ADDR=10.5.5.1").addresses.prefix(1))
        let changes = Planner(HostCapabilities()).changes(to: other, from: observed, record: entry)
            .map(\.description)
        #expect(changes.contains("+ lxcbr0: address 10.0.9.1/24"))
        #expect(changes.contains("- lxcbr0: address 10.0.3.1/24"))
        #expect(!changes.contains { $0.contains("10.5.5.1") })
        observed.kernel["/proc/sys/net/ipv4/conf/lxcbr0/promote_secondaries"] = "0"
        observed.ports = [try interface("veth1", index: 8, master: 7)]
        let removal = Planner(HostCapabilities()).removal(of: entry, from: observed).map(
            \.description)
        #expect(
            removal.suffix(2) == [
                "~ net/ipv4/conf/lxcbr0/promote_secondaries 0 becomes 1",
                "- lxcbr0: address 10.0.3.1/24",
            ])
        #expect(!removal.contains { $0.contains("10.5.5.1") })
    }

    @Test("If another program holds port 53, dnsmasq serves DHCP only")
    func portTaken() throws {
        var observed = ObservedNetwork()
        observed.nameServerPortHolder = "named (process 812)"
        let planner = Planner(HostCapabilities())
        #expect(planner.dnsPort(try network(), observed) == 0)
        guard
            case .startDnsmasq(_, let words)? = planner.changes(
                to: try network(), from: observed, record: nil
            ).last
        else {
            Issue.record("dnsmasq is not started")
            return
        }
        #expect(words.contains("--port=0"))
    }
}
