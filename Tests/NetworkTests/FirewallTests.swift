import Linux
import Network
import Testing

/// Fixtures: the rulesets of firewalld 1.3.3 and ufw 0.36.2 as nft -j and iptables-save printed
/// them, without handles. lxcbr0 was in no zone, in a zone, or in no zone with another default
/// zone.
@Suite("Real firewalls")
struct FirewallTests {
    private static func ruleset(_ name: String) throws -> [UInt8] {
        let package = #filePath.split(separator: "/").dropLast(1).map { "/\($0)" }.joined()
        return try #require(try SmallFile.contents(of: "\(package)/rulesets/\(name)"))
    }

    private static func found(_ drops: ForeignFirewallDetection) throws -> [ForeignFirewall] {
        let network = try network("LXC_IPV6_ENABLE=false")
        return drops.found(for: [network])[network.bridge] ?? []
    }

    @Test("firewalld drops the packets of a bridge without a zone, and the fix assigns one")
    func firewalld() throws {
        let found = try Self.found(ForeignFirewallDetection(Self.ruleset("firewalld.json")))
        #expect(found.map(\.owner) == [.firewalld] && found.first?.chain == "filter_FORWARD")
        #expect(
            found.first?.fix?.apply == [
                ["firewall-cmd", "--quiet", "--zone=trusted", "--change-interface=lxcbr0"]
            ])
    }

    @Test("A bridge that the administrator has assigned to a zone stays there")
    func placed() throws {
        let found = try Self.found(ForeignFirewallDetection(Self.ruleset("firewalld-public.json")))
        #expect(found.map(\.owner) == [.firewalld] && found.first?.fix == nil)
    }

    @Test(
        "firewalld's zone trusted drops nothing",
        arguments: ["firewalld-trusted.json", "firewalld-default-trusted.json"])
    func trusted(name: String) throws {
        #expect(try Self.found(ForeignFirewallDetection(Self.ruleset(name))).isEmpty)
    }

    @Test("firewalld is recognized in the tables of iptables-nft and of iptables-legacy")
    func firewalldOfIptables() throws {
        let text = String(decoding: try Self.ruleset("firewalld-iptables.save"), as: UTF8.self)
        let new = try Self.found(ForeignFirewallDetection([], saved: ["ip": text]))
        #expect(new.map(\.owner) == [.firewalld] && new.first?.isLegacy == false)
        let old = try Self.found(ForeignFirewallDetection([], legacy: ["ip": text]))
        #expect(old.map(\.owner) == [.firewalld] && old.first?.isLegacy == true)
    }

    @Test("ufw drops packets until the fix, or ufw's own commands, add rules")
    func ufw() throws {
        let text = String(decoding: try Self.ruleset("ufw.save"), as: UTF8.self)
        let found = try Self.found(ForeignFirewallDetection([], saved: ["ip": text]))
        #expect(found.map(\.owner) == [.ufw, .ufw] && found.map(\.isInput) == [false, true])
        let passing = """
            -A ufw-user-forward -i lxcbr0 -j ACCEPT
            -A ufw-user-forward -o lxcbr0 -j ACCEPT

            """
        let ours = """
            -A ufw-user-input -i lxcbr0 -p udp -m multiport --dports 53,67,547 -m comment \
            --comment "berth-net:lxcbr0:fix" -j ACCEPT
            COMMIT
            """
        let theirs = """
            -A ufw-user-input -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT
            -A ufw-user-input -i lxcbr0 -p udp -m udp --dport 53 -j ACCEPT
            COMMIT
            """
        for more in [ours, theirs] {
            let accepted = text.replacing("COMMIT", with: passing + more)
            #expect(try Self.found(ForeignFirewallDetection([], saved: ["ip": accepted])).isEmpty)
        }
    }

    @Test("The packets that the reverse path filter dropped are counted")
    func droppedSources() throws {
        let chain = """
            table inet berth_lxcbr0 {
            \tchain sources {
            \t\ttype filter hook prerouting priority raw; policy accept;
            \t\tiifname "lxcbr0" ip6 saddr fe80::/10 accept
            \t\tiifname "lxcbr0" fib saddr . iif oif missing counter packets 12 bytes 900 drop
            \t}
            }
            """
        #expect(DroppedSources.inNft(chain) == 12)
        #expect(DroppedSources.inNft(chain.replacing("fib", with: "ip")) == nil)
        let saved = """
            *raw
            :PREROUTING ACCEPT [3:4]
            [5:60] -A PREROUTING -i lxcbr01 -m rpfilter --invert -m comment --comment \
            "berth-net:lxcbr01" -j DROP
            [7:80] -A PREROUTING -i lxcbr0 -m rpfilter --invert -m comment --comment \
            "berth-net:lxcbr0" -j DROP
            """
        let bridge = try network().bridge
        #expect(DroppedSources.inIptables(saved, of: bridge) == 7)
        let plain = saved.replacing("\"", with: "")
        #expect(DroppedSources.inIptables(plain, of: bridge) == 7)
        #expect(DroppedSources.inIptables("*raw\nCOMMIT", of: bridge) == nil)
    }

    @Test("A chain of iptables-legacy is named as such, and fixed by iptables-legacy")
    func legacy() throws {
        let text = """
            *filter
            :FORWARD DROP [0:0]
            :DOCKER-USER - [0:0]
            -A FORWARD -j DOCKER-USER
            -A DOCKER-USER -j RETURN
            COMMIT
            """
        let drop = try #require(
            try Self.found(ForeignFirewallDetection([], legacy: ["ip": text])).first)
        let bridge = try network().bridge
        #expect(drop.warning(for: bridge).contains("ip filter FORWARD of iptables-legacy (docker)"))
        #expect(drop.fix?.apply.map(\.first) == ["iptables-legacy", "iptables-legacy"])
    }

    @Test(
        "A rule is reported only if it drops packets of every container",
        arguments: [
            ("-A FORWARD -s 10.9.0.0/16 -j DROP", false), ("-A FORWARD -j DROP", true),
            ("-A FORWARD -s 10.0.3.0/24 -j DROP", true),
            ("-A FORWARD -s 10.0.0.0/8 -j REJECT", true),
            ("-A FORWARD -s 10.0.3.7/32 -j DROP", false),
            ("-A FORWARD -d 10.0.3.0/24 -j DROP", true),
            // Replies come from other hosts.
            ("-A FORWARD ! -s 10.0.3.0/24 -j DROP", true),
            ("-A FORWARD ! -s 10.9.0.0/16 -j DROP", true),
            ("-A FORWARD -s fd00::/8 -j DROP", false),
            ("-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n-A FORWARD -j DROP", true),
            ("-A FORWARD ! -i lxcbr0 -j DROP", true), ("-A FORWARD -i lxc+ -j DROP", true),
            ("-A FORWARD -i lxcbr1 -j DROP", false),
            ("-A FORWARD -i lxcbr0 -o lxcbr0 -j DROP", false),
            ("-A FORWARD -m comment --comment \"-j ACCEPT\" -j REJECT", true),
            (
                "-A FORWARD -j LOG\n-A FORWARD -g other\n-A FORWARD -j DROP\n-A other -j RETURN",
                false
            ),
        ])
    func rules(lines: String, isDropping: Bool) throws {
        let text = "*filter\n:FORWARD ACCEPT [0:0]\n:other - [0:0]\n\(lines)\nCOMMIT"
        #expect(
            try Self.found(ForeignFirewallDetection([], legacy: ["ip": text])).isEmpty
                == !isDropping)
    }
}
