import Testing

@testable import Network

@Suite("Sets and maps of nftables in the rules of other programs")
struct NftSetsTests {
    private static let address = IPv4Address(number: 0x0a00_0309)
    private static let client = ForeignFirewallDetection.Client(
        address: address, hardwareAddress: nil, port: "veth0_1")

    /// A chain of the hook input with one rule, and sets of its table.
    private static func detection(_ expressions: String, _ sets: String...)
        -> ForeignFirewallDetection
    {
        let ruleset = """
            {"nftables":[
            {"chain":{"family":"inet","table":"site","name":"c","type":"filter","hook":"input",
              "prio":0,"policy":"accept"}},
            {"rule":{"family":"inet","table":"site","chain":"c","handle":7,
              "expr":[\(expressions)]}}]}
            """
        var all = NftSets()
        for set in sets {
            all.add(
                listing: Array(
                    """
                    {"nftables":[{"set":{"family":"inet","table":"site","name":"s",
                      "elem":[\(set)]}}]}
                    """.utf8))
        }
        return ForeignFirewallDetection(
            Array(ruleset.utf8), sets: all, saved: [:], legacy: [:], uplinks: ["ip": "eth0"],
            listing: nil)
    }

    private static func match(_ left: String, _ operation: String = "==") -> String {
        #"{"match":{"op":"\#(operation)","left":\#(left),"right":"@s"}},{"drop":null}"#
    }
    private static let source = #"{"payload":{"protocol":"ip","field":"saddr"}}"#
    private static let port = #"{"payload":{"protocol":"udp","field":"dport"}}"#

    private static func drops(_ expressions: String, _ sets: String...) throws -> [FirewallDrop] {
        let network = try network()
        let detection =
            sets.isEmpty
            ? detection(expressions) : detection(expressions, sets.joined(separator: ","))
        return detection.found(for: network, client: client).flatMap(\.drops)
    }

    private static let decision = FirewallDrop.rule(
        FirewallRulePosition(chain: "c", number: 7, isIptables: false, sets: ["s"]))

    @Test("elements may be addresses, prefixes or ranges, and have a timeout")
    func elements() throws {
        for element in [
            #""10.0.3.9""#, #"{"prefix":{"addr":"10.0.0.0","len":8}}"#,
            #"{"range":["10.0.3.1","10.0.3.20"]}"#,
            #"{"elem":{"val":"10.0.3.9","timeout":600,"expires":599}}"#,
        ] {
            #expect(try Self.drops(Self.match(Self.source), element) == [Self.decision])
        }
        #expect(try Self.drops(Self.match(Self.source), #""10.0.3.10""#).isEmpty)
        // Whether a set that was not read contains the address is not known.
        #expect(try Self.drops(Self.match(Self.source)).isEmpty)
        #expect(try Self.drops(Self.match(Self.source, "!=")).isEmpty)
        #expect(try Self.drops(Self.match(Self.source, "!="), #""10.0.3.10""#) == [Self.decision])
    }

    @Test("all fields of a concatenation have to match")
    func concatenations() throws {
        let both = Self.match(#"{"concat":[\#(Self.source),\#(Self.port)]}"#)
        #expect(try Self.drops(both, #"{"concat":["10.0.3.9",53]}"#) == [Self.decision])
        #expect(try Self.drops(both, #"{"concat":["10.0.3.9",54]}"#).isEmpty)
        #expect(try Self.drops(both, #"{"concat":["10.0.3.8",53]}"#).isEmpty)
    }

    @Test(
        "a verdict map applies the element for the value, or else that for all other values")
    func verdictMaps() throws {
        let map = #"{"vmap":{"key":\#(Self.source),"data":"@s"}}"#
        #expect(try Self.drops(map, #"["10.0.3.9",{"drop":null}]"#) == [Self.decision])
        #expect(try Self.drops(map, #"["10.0.3.9",{"accept":null}]"#).isEmpty)
        #expect(
            try Self.drops(
                map, #"["*",{"drop":null}]"#, #"["10.0.3.9",{"accept":null}]"#,
                #"["0.0.0.0",{"accept":null}]"#
            ).isEmpty)
        #expect(try Self.drops(map, #"["*",{"drop":null}]"#) == [Self.decision])
    }

    @Test("ports can be compared with < and >")
    func comparisons() throws {
        func dropped(_ operation: String, _ bound: Int) throws -> [FirewallDrop] {
            try Self.drops(
                #"{"match":{"op":"\#(operation)","left":\#(Self.port),"right":\#(bound)}},"#
                    + #"{"drop":null}"#
            )
        }
        #expect(try !dropped("<", 1024).isEmpty)
        #expect(try dropped(">", 1024).isEmpty)
        #expect(try !dropped("<=", 53).isEmpty)
        #expect(try dropped("<", 53).isEmpty)
    }

    @Test("packets have no mark, unless a rule sets one")
    func marks() throws {
        let other =
            #"{"match":{"op":"!=","left":{"meta":{"key":"mark"}},"right":51820}},{"drop":null}"#
        #expect(try !Self.drops(other).isEmpty)
        let network = try network()
        let setting = ForeignFirewallDetection(
            [],
            saved: [
                "ip": """
                *mangle
                :PREROUTING ACCEPT [0:0]
                -A PREROUTING -j MARK --set-xmark 0xca6c/0xffffffff
                COMMIT
                *filter
                :INPUT ACCEPT [0:0]
                -A INPUT -m mark ! --mark 0xca6c -j DROP
                COMMIT
                """
            ])
        #expect(setting.found(for: network).isEmpty)
    }

    @Test("an element that is a single address can be removed")
    func removals() throws {
        let network = try network()
        func commands(_ element: String) -> [[String]] {
            let detection = Self.detection(Self.match(Self.source), element)
            return detection.found(for: network, client: Self.client).flatMap {
                detection.removals(of: Self.address, from: $0)
            }
        }
        #expect(
            commands(#""10.0.3.9""#)
                == [["nft", "delete", "element", "inet", "site", "s", "{ 10.0.3.9 }"]])
        #expect(commands(#"{"prefix":{"addr":"10.0.0.0","len":8}}"#).isEmpty)
    }

    @Test("queries of this host and messages about the MTU are traced through the rules")
    func ownPackets() throws {
        let network = try network()
        func detection(_ saved: String) -> ForeignFirewallDetection {
            ForeignFirewallDetection([], saved: ["ip": saved], uplinks: ["ip": "eth0"])
        }
        let server = IPv4Address(number: 0xc000_0202)
        let rule = "*filter\n:OUTPUT ACCEPT [0:0]\n"
        let queries = detection(
            rule + "-A OUTPUT -o eth0 -p udp -m udp --dport 53 -j DROP\nCOMMIT\n")
        #expect(queries.droppedQueries(to: server, through: "eth0").map(\.chain) == ["OUTPUT"])
        #expect(queries.droppedQueries(to: server, through: "eth1").isEmpty)
        #expect(queries.droppedSizeMessages(of: network).isEmpty)
        let sizes = detection(
            rule + "-A OUTPUT -p icmp -m icmp --icmp-type 3/4 -j DROP\nCOMMIT\n")
        #expect(sizes.droppedSizeMessages(of: network).map(\.chain) == ["OUTPUT"])
        #expect(sizes.droppedQueries(to: server, through: "eth0").isEmpty)
        let others = detection(
            rule + "-A OUTPUT -p icmp -m icmp --icmp-type 3/1 -j DROP\nCOMMIT\n")
        #expect(others.droppedSizeMessages(of: network).isEmpty)
    }
}
