import Network
import Testing

@Suite("Packets of containers at the chains of other programs")
struct TrafficProbesTests {
    /// A chain `c` of a table `site` with one rule, in the JSON of nft.
    private static func detection(
        _ family: String, _ hook: String, type: String = "filter", policy: String = "accept",
        _ expressions: String, device: String = "", handle: Int = 1
    ) -> ForeignFirewallDetection {
        let ruleset = """
            {"nftables":[{"metainfo":{}},
            {"table":{"family":"\(family)","name":"site","handle":\(handle)}},
            {"chain":{"family":"\(family)","table":"site","name":"c","type":"\(type)",
              "hook":"\(hook)","prio":0,"policy":"\(policy)"\(device)}},
            {"rule":{"family":"\(family)","table":"site","chain":"c","expr":[\(expressions)]}}]}
            """
        return ForeignFirewallDetection(Array(ruleset.utf8), uplinks: ["ip": "eth0"])
    }

    private static func match(_ left: String, _ right: String) -> String {
        #"{"match":{"op":"==","left":\#(left),"right":\#(right)}}"#
    }
    private static func payload(_ header: String, _ field: String) -> String {
        #"{"payload":{"protocol":"\#(header)","field":"\#(field)"}}"#
    }
    private static let drop = #"{"drop":null}"#

    @Test("a chain is reported for the traffic that it drops")
    func traffic() throws {
        let network = try network()
        func dropped(_ hook: String, _ expressions: String) -> [NetworkTraffic] {
            Self.detection("inet", hook, expressions + "," + Self.drop).found(for: network)
                .flatMap(\.dropped)
        }
        let request = Self.match(Self.payload("udp", "dport"), "67")
        #expect(dropped("input", request) == [.dhcp])
        #expect(dropped("prerouting", request) == [.dhcp])
        #expect(dropped("forward", request).isEmpty)
        let answer = Self.match(Self.payload("udp", "sport"), "53")
        #expect(dropped("output", answer) == [.dns])
        #expect(dropped("input", answer).isEmpty)
        let mail = Self.match(Self.payload("tcp", "dport"), "25")
        #expect(dropped("forward", mail).isEmpty)
        let web = Self.match(Self.payload("tcp", "dport"), "443")
        #expect(dropped("forward", web) == [.web])
        let ping = Self.match(Self.payload("icmp", "type"), "\"echo-request\"")
        #expect(dropped("input", ping) == [.ping])
    }

    @Test("berth-net itself warns only of what every container needs")
    func vital() throws {
        let network = try network()
        let ping = Self.match(Self.payload("icmp", "type"), "\"echo-request\"")
        let pings = Self.detection("inet", "input", ping + "," + Self.drop)
        #expect(pings.found(for: network).map(\.isVital) == [false])
        #expect(pings.found(for: [network]).isEmpty)
    }

    @Test(
        "chains of the families bridge and netdev are evaluated, even if the JSON omits the device")
    func frames() throws {
        let network = try network()
        let arp = Self.match(Self.payload("ether", "type"), "\"arp\"")
        let bridge = Self.detection("bridge", "input", arp + "," + Self.drop)
        #expect(bridge.found(for: network).flatMap(\.dropped) == [.arp])
        func dropped(_ device: String) -> [NetworkTraffic] {
            Self.detection(
                "netdev", "ingress", arp + "," + Self.drop, device: ",\"dev\":\"\(device)\""
            ).found(for: network).flatMap(\.dropped)
        }
        #expect(dropped("lxcbr0") == [.arp])
        #expect(dropped("eth9").isEmpty)
        // nft 1.0.6 omits the device in JSON.
        let listing = NftListing(
            "table netdev site {\n\tchain c {\n\t\ttype filter hook ingress device \"lxcbr0\" "
                + "priority filter; policy accept;\n\t}\n}\n")
        let json = """
            {"nftables":[{"chain":{"family":"netdev","table":"site","name":"c","type":"filter",
              "hook":"ingress","prio":0,"policy":"accept"}},
            {"rule":{"family":"netdev","table":"site","chain":"c","expr":[\(arp),\(Self.drop)]}}]}
            """
        #expect(
            ForeignFirewallDetection(Array(json.utf8), listing: listing).found(for: network)
                .flatMap(\.dropped) == [.arp])
    }

    @Test("a rule for one container concerns that container only")
    func client() throws {
        let network = try network()
        let rule = Self.match(Self.payload("ip", "saddr"), "\"10.0.3.9\"") + "," + Self.drop
        let detection = Self.detection("ip", "forward", rule)
        #expect(detection.found(for: network).isEmpty)
        func found(_ address: UInt32) -> Int {
            detection.found(
                for: network,
                client: .init(
                    address: IPv4Address(number: address), hardwareAddress: nil, port: "veth0_1")
            ).count
        }
        #expect(found(0x0a00_0309) == 1)
        #expect(found(0x0a00_030a) == 0)
    }

    @Test("a translation to an address that the host lacks, and untracked packets, are diversions")
    func diversions() throws {
        let network = try network()
        func kinds(
            _ hook: String, type: String, _ expressions: String
        ) -> [FirewallDiversion.Kind] {
            Self.detection("ip", hook, type: type, expressions)
                .diversions(of: network, addresses: [IPv4Address(number: 0xc000_0201)])
                .map(\.kind)
        }
        func source(_ address: String) -> String { #"{"snat":{"addr":"\#(address)"}}"# }
        #expect(
            kinds("postrouting", type: "nat", source("203.0.113.9"))
                == [.source(IPv4Address(number: 0xcb00_7109))])
        #expect(kinds("postrouting", type: "nat", source("192.0.2.1")).isEmpty)
        #expect(kinds("postrouting", type: "nat", #"{"masquerade":null}"#).isEmpty)
        #expect(kinds("prerouting", type: "filter", #"{"notrack":null}"#) == [.untracked])
        let query = Self.match(Self.payload("udp", "dport"), "53")
        #expect(
            kinds("prerouting", type: "nat", query + #",{"dnat":{"addr":"192.0.2.53"}}"#)
                == [.names(IPv4Address(number: 0xc000_0235))])
        let other = Self.match(Self.payload("udp", "dport"), "123")
        #expect(
            kinds("prerouting", type: "nat", other + #",{"dnat":{"addr":"192.0.2.53"}}"#).isEmpty)
    }
}
