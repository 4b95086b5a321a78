import Network
import Testing

/// Rules that another version of nft(8) or iptables-save(8) lists differently.
@Suite("Listings of rules")
struct RuleListingTests {
    /// As nftables 1.0.6, 1.1.3 and 1.1.7 list the same table, the first on a host without
    /// /etc/protocols.
    private let versions = [
        """
        table inet berth_lxcbr0 {
        \tset peers {
        \t\ttype ipv4_addr
        \t}

        \tchain sources {
        \t\ttype filter hook prerouting priority raw; policy accept;
        \t\tiifname "lxcbr0" ip6 saddr :: meta l4proto 58 accept
        \t\tiifname "lxcbr0" fib saddr . iif oif missing counter drop
        \t\tiifname != { "lo", "br7" } ip saddr 10.7.7.0/24 counter drop
        \t}

        \tchain output {
        \t\ttype nat hook output priority -100; policy accept;
        \t}
        }
        """,
        """
        table inet berth_lxcbr0 {
        \tset peers {
        \t\ttype ipv4_addr
        \t\tflags interval
        \t}

        \tchain sources {
        \t\ttype filter hook prerouting priority raw; policy accept;
        \t\tiifname "lxcbr0" ip6 saddr :: meta l4proto ipv6-icmp accept
        \t\tiifname "lxcbr0" fib saddr . iif oif missing counter drop
        \t\tiifname != { "lo", "br7" } ip saddr 10.7.7.0/24 counter drop
        \t}

        \tchain output {
        \t\ttype nat hook output priority dstnat; policy accept;
        \t}
        }
        """,
        """
        table inet berth_lxcbr0 {
        \tset peers {
        \t\ttype ipv4_addr
        \t}

        \tchain sources {
        \t\ttype filter hook prerouting priority raw; policy accept;
        \t\tiifname "lxcbr0" ip6 saddr :: meta l4proto ipv6-icmp accept
        \t\tiifname "lxcbr0" fib saddr . iif check missing counter drop
        \t\tiifname != { "br7", "lo" } ip saddr 10.7.7.0/24 counter drop
        \t}

        \tchain output {
        \t\ttype nat hook output priority dstnat; policy accept;
        \t}
        }
        """,
    ].map { RuleListing($0) }

    @Test("Different listings of the same rules have one outline and different digests")
    func versionsOfNft() {
        for other in versions.dropFirst() {
            #expect(other.outline == versions[0].outline)
            #expect(other.digest != versions[0].digest)
        }
    }

    @Test(
        "A missing rule, chain or set changes the outline",
        arguments: [
            "\t\tiifname \"lxcbr0\" ip6 saddr :: meta l4proto 58 accept\n",
            "\tset peers {\n\t\ttype ipv4_addr\n\t}\n",
            "\tchain output {\n\t\ttype nat hook output priority -100; policy accept;\n\t}\n",
        ])
    func missing(part: String) {
        let rest = versions[0].text.replacing(part, with: "")
        #expect(rest != versions[0].text)
        #expect(RuleListing(rest).outline != versions[0].outline)
    }

    @Test("For iptables, the outline is the number of rules in each chain")
    func iptables() {
        func listing(_ text: String) -> RuleListing { RuleListing(text, .iptables) }
        let rules = listing("ip6 filter -A INPUT -p ipv6-icmp -j ACCEPT\nip nat -A OUTPUT -j X\n")
        let later = listing("ip6 filter -A INPUT -p icmpv6 -j ACCEPT\nip nat -A OUTPUT -j X\n")
        #expect(rules.outline == later.outline)
        #expect(rules.digest != later.digest)
        #expect(rules.outline != listing("ip6 filter -A INPUT -p icmpv6 -j ACCEPT\n").outline)
    }

    @Test("A different listing with the same outline is accepted only from another tool version")
    func recorded() throws {
        let (then, now) = (versions[0], versions[1])
        for (recorder, tool, isIntact) in [
            ("1.0.6", "1.1.3", true), ("1.0.6", "1.0.6", false), (nil, "1.1.3", false),
            ("1.0.6", nil, false),
        ] {
            var tools = RuleTools()
            tools.nft = recorder
            let applied = Record.AppliedFirewall(rendered: "", then, tools)
            tools.nft = tool
            #expect(applied.isIntact(then, tools))
            #expect(applied.isIntact(now, tools) == isIntact)
            #expect(!applied.isIntact(RuleListing("table inet berth_lxcbr0 {\n}"), tools))
            let filter = Record.AppliedAddressFilter(rendered: "", then, RuleTools())
            #expect(!filter.isIntact(now, tool: tool))
        }
    }
}
