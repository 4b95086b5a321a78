import Network
import Testing

@Suite("Routes between the networks of several hosts")
struct RoutingTests {
    private static let both = """
        LXC_IPV6_ADDR=fd42:1::1 LXC_NAT_EXCEPT='10.80.0.0/12 fd42::/16' LXC_ROUTED_FROM='up0 wg0'
        """

    private func rules(_ text: String = both) throws -> FirewallRules {
        FirewallRules(try network(text), dnsPort: 53)
    }

    @Test("nft: the ranges are not translated; connections are accepted only through the uplinks")
    func nft() throws {
        let script = NftDialect.script(try rules())
        let lines = script.split(separator: "\n").map {
            $0.replacing("add rule inet berth_lxcbr0 ", with: "")
        }
        #expect(
            lines.contains(
                "postrouting ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24 "
                    + "ip daddr != { 10.80.0.0/12 } counter masquerade"))
        #expect(
            lines.contains(
                "postrouting ip6 saddr fd42:1::/64 ip6 daddr != fd42:1::/64 "
                    + "ip6 daddr != { fd42::/16 } counter masquerade"))
        #expect(
            lines.filter { $0.hasPrefix("forward ") } == [
                "forward iifname \"lxcbr0\" accept",
                "forward oifname \"lxcbr0\" iifname { \"up0\", \"wg0\" } accept",
                "forward oifname \"lxcbr0\" ct state established,related accept",
                "forward oifname \"lxcbr0\" ct status & dnat == dnat accept",
                "forward oifname \"lxcbr0\" counter drop",
            ])
    }

    @Test("iptables: the ranges are not translated, and hairpin NAT still applies within them")
    func iptables() throws {
        let lines = IptablesDialect.rendered(try rules(), for: .ipv4).map {
            $0.text.replacing(" -m comment --comment berth-net:lxcbr0 -j ", with: " => ")
        }
        #expect(
            lines.filter { $0.hasPrefix("-A POSTROUTING -s") } == [
                "-A POSTROUTING -s 10.0.3.0/24 -d 10.80.0.0/12 ! -o lxcbr0 => ACCEPT",
                "-A POSTROUTING -s 10.0.3.0/24 ! -d 10.0.3.0/24 => MASQUERADE",
            ])
        #expect(
            lines.filter { $0.hasPrefix("-A FORWARD") } == [
                "-A FORWARD -i lxcbr0 => ACCEPT", "-A FORWARD -i up0 -o lxcbr0 => ACCEPT",
                "-A FORWARD -i wg0 -o lxcbr0 => ACCEPT",
                "-A FORWARD -o lxcbr0 -m conntrack --ctstate RELATED,ESTABLISHED,DNAT => ACCEPT",
                "-A FORWARD -o lxcbr0 => DROP",
            ])
    }

    @Test("Another network can open connections only if its bridge is named")
    func otherNetworks() throws {
        let other = try network("LXC_BRIDGE=two LXC_ADDR=10.9.9.1 LXC_IPV6_ENABLE=false")
        func refuses(_ text: String) throws -> Bool {
            NftDialect.script(
                FirewallRules(other, dnsPort: 53, among: [other, try network(text)])
            ).contains("forward iifname \"two\" oifname \"lxcbr0\" ct state")
        }
        #expect(try refuses("LXC_ROUTED_FROM=up0"))
        #expect(try !refuses("LXC_ROUTED_FROM='up0 two'"))
        #expect(try !refuses("LXC_NAT_EXCEPT=10.80.0.0/12"))
    }

    @Test(
        "A setting without effect, or an interface that does not exist yet, causes a warning",
        arguments: [
            ("LXC_NAT=false LXC_NAT_EXCEPT=10.80.0.0/12", "LXC_NAT_EXCEPT: 10.80.0.0/12 has no"),
            ("LXC_IPV6_ENABLE=false LXC_NAT_EXCEPT=fd42::/16", "LXC_NAT_EXCEPT: fd42::/16 has no"),
            ("LXC_ROUTED_FROM=wg0", "LXC_ROUTED_FROM: this host has no interface wg0"),
        ])
    func warnings(text: String, warning: String) {
        let (network, problems, warnings) = validated(text)
        #expect(network != nil && problems.isEmpty)
        #expect(warnings.contains { $0.contains(warning) })
    }

    @Test("A range with bits after its prefix is refused, and the correct range is proposed")
    func hint() {
        let problems = validated("LXC_NAT_EXCEPT=10.88.0.0/12").problems.map(\.description)
        #expect(problems.first?.hasSuffix("write 10.80.0.0/12") == true)
    }

    @Test("Without routing settings, `routing` is nil")
    func record() throws {
        #expect(try network().routing == nil)
        #expect(try network("LXC_ROUTED_FROM=up0").routing?.uplinks.count == 1)
    }
}
