import Linux
import Network
import Testing

@Suite("Other programs' firewalls, in the JSON of nft")
struct ForeignFirewallDetectionTests {
    static func ruleset(_ items: String) -> [UInt8] {
        Array("{\"nftables\":[{\"metainfo\":{}},\(items)]}".utf8)
    }
    static let docker = """
        {"chain":{"family":"ip","table":"filter","name":"DOCKER-USER","handle":1}},
        {"chain":{"family":"ip","table":"filter","name":"FORWARD","handle":2,"type":"filter",
          "hook":"forward","prio":0,"policy":"drop"}},
        {"rule":{"family":"ip","table":"filter","chain":"FORWARD","handle":3,
          "expr":[{"counter":{"packets":0,"bytes":0}},{"jump":{"target":"DOCKER-USER"}}]}}
        """
    static func rule(_ key: String) -> String {
        """
        ,{"rule":{"family":"ip","table":"filter","chain":"DOCKER-USER","handle":9,"expr":[
          {"match":{"op":"==","left":{"meta":{"key":"\(key)"}},"right":"lxcbr0"}},{"accept":null}]}}
        """
    }

    @Test("Docker's policy drops packets until its own chain accepts them in both directions")
    func docker() throws {
        let network = try network()
        let found = ForeignFirewallDetection(Self.ruleset(Self.docker)).found(for: [network])
        let drop = try #require(found[network.bridge]?.first)
        #expect(drop.owner == .docker)
        #expect(drop.warning(for: network.bridge).contains("ip filter FORWARD (docker)"))
        #expect(drop.fix?.apply.count == 2 && drop.fix?.undo.count == 2)
        let accepted = Self.docker + Self.rule("iifname") + Self.rule("oifname")
        #expect(ForeignFirewallDetection(Self.ruleset(accepted)).found(for: [network]).isEmpty)
        let half = Self.docker + Self.rule("iifname")
        #expect(!ForeignFirewallDetection(Self.ruleset(half)).found(for: [network]).isEmpty)
    }

    @Test("The fix for firewalld is given once for all its chains")
    func firewalld() throws {
        func chain(_ name: String, _ hook: String) -> String {
            """
            {"chain":{"family":"inet","table":"firewalld","name":"\(name)","type":"filter",
              "hook":"\(hook)","prio":10,"policy":"accept"}},
            {"rule":{"family":"inet","table":"firewalld","chain":"\(name)","expr":[
              {"reject":{"type":"icmpx","expr":"admin-prohibited"}}]}}
            """
        }
        let network = try network()
        let drops = ForeignFirewallDetection(
            Self.ruleset(chain("filter_FORWARD", "forward") + "," + chain("filter_INPUT", "input")))
        #expect(drops.found(for: [network])[network.bridge]?.map(\.owner) == [.firewalld])
    }

    @Test("A ruleset that accepts, and one that is not JSON, drop nothing")
    func nothing() throws {
        let accept = Self.docker.replacing("\"policy\":\"drop\"", with: "\"policy\":\"accept\"")
        #expect(ForeignFirewallDetection(Self.ruleset(accept)).found(for: [try network()]).isEmpty)
        #expect(
            ForeignFirewallDetection(Array("nonsense".utf8)).found(for: [try network()]).isEmpty)
    }
}
