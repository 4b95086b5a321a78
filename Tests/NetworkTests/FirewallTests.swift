import Linux
import Network
import Testing

/// What firewalld 1.3.3 and ufw 0.36.2 really made, as nft -j and iptables-save told it, handles left out;
/// lxcbr0 was in no zone, in one, and the default zone was another.
@Suite("Real firewalls")
struct FirewallTests {
    private static func ruleset(_ name: String) throws -> [UInt8] {
        let package = #filePath.split(separator: "/").dropLast(1).map { "/\($0)" }.joined()
        return try #require(try SmallFile.contents(of: "\(package)/rulesets/\(name)"))
    }

    private static func found(_ drops: ForeignDrops) throws -> [ForeignFirewall] {
        let network = try network("LXC_IPV6_ENABLE=false")
        return drops.found(for: [network])[network.bridge] ?? []
    }

    @Test("firewalld is found, and told what to do, where nobody has told it")
    func firewalld() throws {
        let found = try Self.found(ForeignDrops(Self.ruleset("firewalld.json")))
        #expect(found.map(\.owner) == [.firewalld] && found.first?.chain == "filter_FORWARD")
        #expect(
            found.first?.mend?.apply == [
                ["firewall-cmd", "--quiet", "--zone=trusted", "--change-interface=lxcbr0"]
            ])
    }

    @Test("Who has put the bridge into a zone that does not let it pass is told so, and no more")
    func placed() throws {
        let found = try Self.found(ForeignDrops(Self.ruleset("firewalld-public.json")))
        #expect(found.map(\.owner) == [.firewalld] && found.first?.mend == nil)
    }

    @Test(
        "What firewalld lets pass is in nobody's way",
        arguments: ["firewalld-trusted.json", "firewalld-default-trusted.json"])
    func trusted(name: String) throws {
        #expect(try Self.found(ForeignDrops(Self.ruleset(name))).isEmpty)
    }

    @Test("firewalld in the tables of iptables is firewalld, in new ones and in old ones")
    func firewalldOfIptables() throws {
        let text = String(decoding: try Self.ruleset("firewalld-iptables.save"), as: UTF8.self)
        let new = try Self.found(ForeignDrops([], saved: ["ip": text]))
        #expect(new.map(\.owner) == [.firewalld] && new.first?.isLegacy == false)
        let old = try Self.found(ForeignDrops([], legacy: ["ip": text]))
        #expect(old.map(\.owner) == [.firewalld] && old.first?.isLegacy == true)
    }

    @Test("ufw is found, and found mended by what we and what its own words add")
    func ufw() throws {
        let text = String(decoding: try Self.ruleset("ufw.save"), as: UTF8.self)
        let found = try Self.found(ForeignDrops([], saved: ["ip": text]))
        #expect(found.map(\.owner) == [.ufw, .ufw] && found.map(\.isInput) == [false, true])
        let passing = """
            -A ufw-user-forward -i lxcbr0 -j ACCEPT
            -A ufw-user-forward -o lxcbr0 -j ACCEPT

            """
        let ours = """
            -A ufw-user-input -i lxcbr0 -p udp -m multiport --dports 53,67,547 -m comment \
            --comment "berth-net:lxcbr0:mend" -j ACCEPT
            COMMIT
            """
        let theirs = """
            -A ufw-user-input -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT
            -A ufw-user-input -i lxcbr0 -p udp -m udp --dport 53 -j ACCEPT
            COMMIT
            """
        for more in [ours, theirs] {
            let mended = text.replacing("COMMIT", with: passing + more)
            #expect(try Self.found(ForeignDrops([], saved: ["ip": mended])).isEmpty)
        }
    }

    @Test("A chain of old tables is named as such, and mended by its own program")
    func legacy() throws {
        let text = """
            *filter
            :FORWARD DROP [0:0]
            :DOCKER-USER - [0:0]
            -A FORWARD -j DOCKER-USER
            -A DOCKER-USER -j RETURN
            COMMIT
            """
        let drop = try #require(try Self.found(ForeignDrops([], legacy: ["ip": text])).first)
        let bridge = try network().bridge
        #expect(drop.warning(for: bridge).contains("ip filter FORWARD of iptables-legacy (docker)"))
        #expect(drop.mend?.apply.allSatisfy { $0.first == "iptables-legacy" } ?? false)
    }

    @Test(
        "Rules that look at more than is known decide nothing",
        arguments: [
            ("-A FORWARD -s 10.9.0.0/16 -j DROP", false), ("-A FORWARD -j DROP", true),
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
        #expect(try Self.found(ForeignDrops([], legacy: ["ip": text])).isEmpty == !isDropping)
    }
}
