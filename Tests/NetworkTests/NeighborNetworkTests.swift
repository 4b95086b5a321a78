import Network
import Testing

@Suite("Firewall rules of several networks, and of a network without DHCP or IPv6")
struct NeighborNetworkTests {
    /// The rules of lxcbr0 on a host that also has lxcbr1.
    private func besideAnother(_ text: String, _ other: String = "") throws -> FirewallRules {
        let mine = try network("LXC_IPV6_ENABLE=false LXC_DHCP=false LXC_RPFILTER=false \(text)")
        let theirs = try network(
            "LXC_BRIDGE=lxcbr1 LXC_NETWORK=10.0.4.0/24 LXC_IPV6_ENABLE=false \(other)")
        return FirewallRules(mine, dnsPort: 0, among: [theirs, mine])
    }

    @Test("Addresses are not translated between networks")
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

    @Test("Without DHCP, dnsmasq serves DNS or router advertisements, or does not run")
    func withoutDHCP() throws {
        func configuration(_ text: String) throws -> DnsmasqConfiguration {
            let network = try network("LXC_DHCP=false LXC_IPV6_ADDR=fd01::1 \(text)")
            return DnsmasqConfiguration(
                network: network, dnsPort: network.dns.port, user: "nobody", nameServers: [])
        }
        let dns = try configuration("")
        #expect(dns.servesAnything && !dns.arguments.contains { $0.hasPrefix("--dhcp") })
        #expect(dns.arguments.contains("--addn-hosts=/run/lxc/dnsmasq.lxcbr0.names"))
        let nothing = try configuration("LXC_DNS_PORT=0")
        #expect(!nothing.servesAnything)
        let advertised = try configuration("LXC_DNS_PORT=0 LXC_IPV6_RA=true")
        #expect(advertised.servesAnything)
        #expect(
            advertised.arguments.filter { $0.hasPrefix("--dhcp") } == [
                "--dhcp-leasefile=/var/lib/misc/dnsmasq.lxcbr0.leases",
                "--dhcp-range=fd01::1,ra-only",
            ])
        #expect(!advertised.arguments.contains { $0.hasPrefix("--addn-hosts") })
        let rules = NftDialect.script(FirewallRules(nothing.network, dnsPort: 0))
        #expect(!rules.contains("dport 67 accept\nadd rule inet berth_lxcbr0 input"))
        #expect(!rules.contains("udp dport 68"))
    }
}
