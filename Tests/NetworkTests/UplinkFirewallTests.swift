import Identity
import Netlink
import Testing

@testable import Network

@Suite("The firewall of a network in a LAN")
struct UplinkFirewallTests {
    @Test("A bridge without an address is closed to this host, in both dialects")
    func closed() throws {
        let network = try LANHost.network("LXC_UPLINK=eth1 LXC_ISOLATE=true")
        let rules = FirewallRules(network, dnsPort: 0)
        #expect(
            rules.rules == [.dropReservedGroups, .close(isIPv6: false), .close(isIPv6: true)])
        let script = NftDialect.script(rules)
        for version in ["ipv4", "ipv6"] {
            let drop = "meta nfproto \(version) counter drop\n"
            #expect(script.contains("inet berth_lxcbr0 input iifname \"lxcbr0\" \(drop)"))
            #expect(
                script.contains("forward iifname \"lxcbr0\" oifname != \"lxcbr0\" \(drop)"))
        }
        for family in IptablesDialect.Family.allCases {
            let lines = IptablesDialect.rendered(
                rules, for: family, protectsOnly: family == .ipv6)
            #expect(lines.count == 3)
        }
        // Other networks translate packets to the LAN, which has no routes to them.
        let addressed = try LANHost.network("LXC_UPLINK=eth1 LXC_ADDR=192.168.7.2")
        let nat = try NetworkTests.network("LXC_BRIDGE=nat LXC_IPV6_ENABLE=false")
        #expect(
            NftDialect.script(FirewallRules(nat, dnsPort: 53, among: [nat, addressed]))
                .contains("ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24 counter masquerade"))
    }

    @Test("A network with an address of one IP version is closed for the other one")
    func oneVersion() throws {
        for (text, closes6) in [("LXC_ADDR=192.168.7.2", true), ("LXC_IPV6_ADDR=fd42::2", false)] {
            let network = try LANHost.network("LXC_UPLINK=eth1 \(text)")
            let rules = FirewallRules(network, dnsPort: 0)
            #expect(rules.rules.prefix(2) == [.dropReservedGroups, .close(isIPv6: closes6)])
            #expect(rules.rules.contains(.acceptFromBridge))
            for family in IptablesDialect.Family.allCases {
                let lines = IptablesDialect.rendered(
                    rules, for: family, protectsOnly: family == .ipv6 && network.ipv6 == nil)
                let isClosed = (family == .ipv6) == closes6
                #expect(lines.count { $0.text.hasSuffix("-j DROP") } == (isClosed ? 3 : 0))
                // Before the rules that accept packets.
                #expect((lines.first?.text.hasSuffix("-j DROP") ?? false) == isClosed)
            }
            let changes = Planner(HostCapabilities()).changes(
                to: network, from: ObservedNetwork(), record: nil)
            let disabled = "lxcbr0/disable_ipv6 becomes 1"
            #expect(changes.contains { $0.description.hasSuffix(disabled) } == closes6)
        }
        let both = try LANHost.network("LXC_UPLINK=eth1 LXC_ADDR=192.168.7.2 LXC_IPV6_ADDR=fd42::2")
        let rules = FirewallRules(both, dnsPort: 0).rules
        #expect(!rules.contains { if case .close = $0 { true } else { false } })
    }

    @Test("In iptables, other networks also drop what they exchange with a closed network")
    func closedToOthers() throws {
        let closed = try LANHost.network()
        let nat = try NetworkTests.network("LXC_BRIDGE=nat LXC_IPV6_ENABLE=false")
        let rules = FirewallRules(nat, dnsPort: 53, among: [nat, closed])
        for family in IptablesDialect.Family.allCases {
            let texts = IptablesDialect.rendered(
                rules, for: family, protectsOnly: family == .ipv6
            ).map(\.text)
            let tag = "-m comment --comment berth-net:nat"
            for match in ["-i nat -o lxcbr0", "-i lxcbr0 -o nat"] {
                let drop = texts.firstIndex(of: "-A FORWARD \(match) \(tag) -j DROP")
                let accept = texts.firstIndex(of: "-A FORWARD -i nat \(tag) -j ACCEPT")
                #expect(try #require(drop) < accept ?? .max)
            }
        }
        #expect(NftDialect.script(rules) == NftDialect.script(FirewallRules(nat, dnsPort: 53)))
    }

    @Test("Chains that frames between containers and the LAN pass are examined")
    func foreign() throws {
        let network = try LANHost.network()
        func found(_ family: String, _ hook: String, filtersFrames: Bool) -> [NetworkTraffic] {
            let ruleset = """
                {"nftables":[{"metainfo":{}},
                {"table":{"family":"\(family)","name":"site","handle":1}},
                {"chain":{"family":"\(family)","table":"site","name":"c","type":"filter",
                  "hook":"\(hook)","prio":0,"policy":"drop"}}]}
                """
            var detection = ForeignFirewallDetection(Array(ruleset.utf8), uplinks: ["ip": "eth0"])
            detection.filtersFrames = ["ip": filtersFrames, "ip6": filtersFrames]
            return detection.found(for: [network]).values.joined().flatMap(\.dropped)
        }
        for family in ["ip", "ip6", "inet"] {
            #expect(found(family, "forward", filtersFrames: true).contains(.outward))
            #expect(found(family, "forward", filtersFrames: false).isEmpty)
            // This host is not part of the network.
            #expect(found(family, "input", filtersFrames: true).isEmpty)
        }
        #expect(found("bridge", "forward", filtersFrames: false).contains(.outward))
    }
}
