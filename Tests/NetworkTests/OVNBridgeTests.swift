import Testing

@testable import Network

@Suite("The integration bridge of OVN")
struct OVNBridgeTests {
    /// As ovs-vsctl 3.1 prints it.
    private let interfaces = """
        {"data":[["veth1",["map",[["attached-mac","b2:bf:01:02:03:04"],\
        ["iface-id","berth-1000-web-0"],["ovn-installed","true"],\
        ["ovn-installed-ts","1764400000000"]]]],\
        ["veth2",["map",[["iface-id","berth-1000-a%20b-0"]]]],\
        ["br-int",["map",[]]]],"headings":["name","external_ids"]}
        """

    private func bridge(_ settings: String) -> OVNBridge? {
        let text = """
            {"data":[[["map",[\(settings)]]]],"headings":["external_ids"]}
            \(interfaces)

            """
        return OVNBridge(listing: Array(text.utf8))
    }

    @Test("the ports are those of the database")
    func ports() throws {
        let found = try #require(bridge(#"["ovn-remote","tcp:192.0.2.8:6642"]"#))
        #expect(found.name == "br-int")
        #expect(
            found.ports == [
                "veth1": .init(logicalPort: "berth-1000-web-0", isBound: true),
                "veth2": .init(logicalPort: "berth-1000-a%20b-0", isBound: false),
                "br-int": .init(logicalPort: nil, isBound: false),
            ])
    }

    @Test("the settings name the bridge, also those of one chassis of several")
    func names() {
        #expect(bridge(#"["ovn-bridge","ovn0"],["ovn-remote","ssl:x:1"]"#)?.name == "ovn0")
        let several = #"["ovn-bridge","a"],["ovn-bridge-h1","b"],["ovn-remote-h1","ssl:x:1"]"#
        #expect(bridge(several + #",["system-id","h1"]"#)?.name == "b")
        #expect(bridge(several + #",["system-id","h2"]"#) == nil)
    }

    @Test("without OVN, there is no OVN bridge")
    func none() {
        #expect(bridge("") == nil)
        #expect(bridge(#"["ovn-bridge","br-int"]"#) == nil)
        for text in ["", "\n", "{}\n{}\n", "[]\n", interfaces, "\(interfaces)\n\(interfaces)\n"] {
            #expect(OVNBridge(listing: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
