import Network
import Testing

@Suite("Firewall rules of several networks, and of a network without IPv6")
struct NeighborNetworkTests {
    /// The rules of lxcbr0 beside those of lxcbr1.
    private func besideAnother(_ text: String, _ other: String = "") throws -> FirewallRules {
        let mine = try network("LXC_IPV6_ENABLE=false LXC_RPFILTER=false \(text)")
        let theirs = try network(
            "LXC_BRIDGE=lxcbr1 LXC_NETWORK=10.0.4.0/24 LXC_IPV6_ENABLE=false \(other)")
        return FirewallRules(mine, dnsPort: 0, among: [theirs, mine])
    }

    @Test("No address translation between networks")
    func translation() throws {
        let rules = try besideAnother("")
        #expect(
            NftDialect.script(rules).contains(
                "ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24 oifname != { \"lxcbr1\" } counter "
                    + "masquerade\n"))
        let comment = "-m comment --comment berth-net:lxcbr0"
        #expect(
            IptablesDialect.rendered(rules, for: .ipv4).filter { $0.table == "nat" }.map(\.text)
                == [
                    "-A POSTROUTING -s 10.0.3.0/24 -o lxcbr1 \(comment) -j ACCEPT",
                    "-A POSTROUTING -s 10.0.3.0/24 ! -d 10.0.3.0/24 \(comment) -j MASQUERADE",
                ])
    }

    @Test(
        "Both networks have the rules that separate them if one of them isolates",
        arguments: [("LXC_ISOLATE=true", ""), ("", "LXC_ISOLATE=true"), ("", "")])
    func separation(mine: String, theirs: String) throws {
        let rules = try besideAnother(mine, theirs)
        let lines = [("lxcbr0", "lxcbr1"), ("lxcbr1", "lxcbr0")].map {
            "forward iifname \"\($0)\" oifname \"\($1)\" ct status & dnat == 0 drop\n"
        }
        let script = NftDialect.script(rules)
        let chain = IptablesDialect.rendered(rules, for: .ipv4).filter { $0.table == "filter" }
        let drops = chain.filter {
            $0.text.contains(" -o lxcbr1 ") || $0.text.contains("-i lxcbr1")
        }
        let isolates = !(mine + theirs).isEmpty
        for line in lines { #expect(script.contains(line) == isolates) }
        #expect(drops.count == (isolates ? 2 : 0) && drops.allSatisfy { $0.text.hasSuffix("DROP") })
        let accept = try #require(chain.firstIndex { $0.text.hasSuffix("ACCEPT") })
        #expect(drops.allSatisfy { chain.firstIndex(of: $0) ?? .max < accept })
    }

    @Test("A network without IPv6 keeps the IPv6 rules that protect others")
    func protection() throws {
        let rules = FirewallRules(
            try network("LXC_IPV6_ENABLE=false LXC_ISOLATE=true"), dnsPort: 53)
        let lines = IptablesDialect.rendered(rules, for: .ipv6, protectsOnly: true)
        #expect(lines.map(\.table) == ["raw", "filter"])
        #expect(lines.allSatisfy { $0.text.hasSuffix("-j DROP") })
    }
}
