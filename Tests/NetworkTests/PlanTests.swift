import Netlink
import Network
import Testing

@Suite("The plan is what is wanted, less what there is")
struct PlanTests {
    /// What is there when all of a plan has been done.
    static func done(_ network: DesiredNetwork, ports: [Interface] = []) throws -> (
        ObservedNetwork, Record.Entry
    ) {
        var seen = ObservedNetwork()
        seen.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        seen.ports = ports
        seen.addresses = [BridgeAddress(network.ipv4)]
        if let ipv6 = network.ipv6 { seen.addresses.append(BridgeAddress(ipv6)) }
        seen.dnsmasq = ObservedDnsmasq(
            process: 9,
            arguments: Dnsmasq(network: network, dnsPort: 53, user: "nobody", nameServers: [])
                .arguments)
        seen.reservations = Dnsmasq.reservations(network)
        for name in ["accept_dad", "accept_ra", "autoconf"] {
            seen.kernel["/proc/sys/net/ipv6/conf/lxcbr0/\(name)"] = "0"
        }
        seen.kernel["/proc/sys/net/ipv4/ip_forward"] = "1"
        seen.kernel["/proc/sys/net/ipv6/conf/all/forwarding"] = "1"
        seen.nftTable = "table inet berth_lxcbr0 {\n}"
        let rules = FirewallRules(network, dnsPort: 53)
        let entry = Record.Entry(
            wanted: network, madeBridge: true,
            firewall: .init(
                dialect: .nft, said: Planner(HostCapabilities()).said(rules, network),
                found: try #require(Planner.found(seen, .nft))),
            dnsPort: 53, configurationDigest: nil, isWhole: true)
        return (seen, entry)
    }

    @Test("From nothing, everything; from everything, nothing")
    func twice() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        let all = planner.changes(to: network, from: ObservedNetwork(), record: nil)
        #expect(all.first?.description.hasPrefix("+ lxcbr0: bridge") ?? false)
        #expect(all.last?.description == "+ lxcbr0: dnsmasq")
        let (seen, entry) = try Self.done(network)
        #expect(planner.changes(to: network, from: seen, record: entry).isEmpty)
    }

    @Test(
        "One setting, one change",
        arguments: [
            ("LXC_FORWARDS=tcp:80=10.0.3.9:80", ["~ lxcbr0: firewall table inet berth_lxcbr0"]),
            (
                "LXC_DHCP_HOSTS=web,10.0.3.9",
                [
                    "~ lxcbr0: reservations, 1 of them",
                    "~ lxcbr0: dnsmasq reads its reservations again",
                ]
            ),
            (
                "LXC_DHCP_RANGE=10.0.3.9,10.0.3.19 LXC_DHCP_MAX=253",
                [
                    "~ lxcbr0: dnsmasq starts anew, without --dhcp-range=10.0.3.2,10.0.3.254, "
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
        let (seen, entry) = try Self.done(try network())
        let changes = Planner(HostCapabilities()).changes(
            to: try network(text), from: seen, record: entry)
        #expect(changes.map(\.description) == expected)
    }

    @Test("What somebody took away comes back, and only that")
    func mended() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        let (whole, entry) = try Self.done(network)
        var seen = whole
        seen.nftTable = nil
        #expect(
            planner.changes(to: network, from: seen, record: entry).map(\.description)
                == ["+ lxcbr0: firewall table inet berth_lxcbr0"])
        seen = whole
        seen.addresses.removeFirst()
        #expect(
            planner.changes(to: network, from: seen, record: entry).map(\.description)
                == ["+ lxcbr0: address 10.0.3.1/24"])
        seen = whole
        seen.dnsmasq = nil
        #expect(
            planner.changes(to: network, from: seen, record: entry).map(\.description)
                == ["+ lxcbr0: dnsmasq"])
    }

    @Test("A bridge with a container on it is never deleted; nor is one that others made")
    func bridgeStays() throws {
        let network = try network()
        let planner = Planner(HostCapabilities())
        func removal(_ seen: ObservedNetwork, _ entry: Record.Entry) -> [String] {
            planner.removal(of: entry, from: seen).map(\.description)
        }
        var (seen, entry) = try Self.done(network)
        #expect(removal(seen, entry).contains("- lxcbr0: bridge"))
        seen.ports = [try interface("veth1", index: 8, master: 7)]
        #expect(!removal(seen, entry).contains("- lxcbr0: bridge"))
        #expect(removal(seen, entry).contains("- lxcbr0: address 10.0.3.1/24"))
        seen.ports = []
        entry.madeBridge = false
        #expect(!removal(seen, entry).contains("- lxcbr0: bridge"))
    }

    @Test("An address that somebody gave the bridge besides is his")
    func foreignAddress() throws {
        let old = try network("LXC_IPV6_ENABLE=false")
        let (done, entry) = try Self.done(old)
        var seen = done
        let other = try network("LXC_ADDR=10.0.9.1 LXC_IPV6_ENABLE=false")
        seen.addresses.append(BridgeAddress(try network("LXC_ADDR=10.5.5.1").ipv4))
        let changes = Planner(HostCapabilities()).changes(to: other, from: seen, record: entry)
            .map(\.description)
        #expect(changes.contains("+ lxcbr0: address 10.0.9.1/24"))
        #expect(changes.contains("- lxcbr0: address 10.0.3.1/24"))
        #expect(!changes.contains { $0.contains("10.5.5.1") })
        seen.kernel["/proc/sys/net/ipv4/conf/lxcbr0/promote_secondaries"] = "0"
        seen.ports = [try interface("veth1", index: 8, master: 7)]
        let removal = Planner(HostCapabilities()).removal(of: entry, from: seen).map(\.description)
        #expect(
            removal.suffix(2) == [
                "~ net/ipv4/conf/lxcbr0/promote_secondaries 0 becomes 1",
                "- lxcbr0: address 10.0.3.1/24",
            ])
        #expect(!removal.contains { $0.contains("10.5.5.1") })
    }

    @Test("An uplink that learns its route is told to go on before this host becomes a router")
    func acceptsAdvertisements() throws {
        var capabilities = HostCapabilities()
        capabilities.advertisedUplinks = ["eth0"]
        var seen = ObservedNetwork()
        seen.kernel["/proc/sys/net/ipv6/conf/eth0/accept_ra"] = "1"
        seen.kernel["/proc/sys/net/ipv6/conf/all/forwarding"] = "0"
        let changes = Planner(capabilities).changes(
            to: try network(), from: seen, record: nil
        ).map(\.description)
        let accept = try #require(
            changes.firstIndex { $0.hasPrefix("~ net/ipv6/conf/eth0/accept_ra") })
        let forward = try #require(
            changes.firstIndex { $0.hasPrefix("~ net/ipv6/conf/all/forwarding") })
        #expect(accept < forward)
    }

    @Test("Somebody else's name server leaves DHCP")
    func portTaken() throws {
        var seen = ObservedNetwork()
        seen.nameServerPortHolder = "named (process 812)"
        let planner = Planner(HostCapabilities())
        #expect(planner.dnsPort(try network(), seen) == 0)
        guard
            case .startDnsmasq(_, let words)? = planner.changes(
                to: try network(), from: seen, record: nil
            ).last
        else {
            Issue.record("dnsmasq is not started")
            return
        }
        #expect(words.contains("--port=0"))
    }

    @Test("A record that was written reads back; nonsense does not")
    func record() throws {
        let network = try network(
            "LXC_FORWARDS='tcp:80=10.0.3.9:80 udp:1-2=10.0.3.8' LXC_DHCP_HOSTS=web,10.0.3.9")
        #expect(Record.decoded(Array("{".utf8)) == nil)
        #expect(Record.decoded(Array("{\"version\":2,\"networks\":[],\"left\":[]}".utf8)) == nil)
        var record = Record.empty
        record.put(try Self.done(network).1)
        #expect(Record.decoded(record.encoded)?.networks.first?.wanted == network)
    }
}
