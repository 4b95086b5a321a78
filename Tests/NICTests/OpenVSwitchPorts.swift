import Identity
import Netlink
import Testing

@testable import NIC

@Suite("Ports of Open vSwitch")
struct OpenVSwitchPorts {
    private func addition(
        of name: String, vlan: UInt16? = nil, address: String? = "b2:bf:01:02:03:04"
    ) throws -> [String] {
        let port = OpenVSwitch.Port(
            name: try #require(InterfaceName("veth1000_Xy3Z".utf8)), vlan: vlan,
            logicalPort: LogicalPort(ContainerIdentity(owner: 1000, name: Array(name.utf8))),
            hardwareAddress: address.flatMap { MACAddress(text: $0.utf8) })
        return OpenVSwitch.addition(of: port, to: try #require(InterfaceName("br-int".utf8)))
    }

    @Test("one transaction replaces the port and names its logical port")
    func words() throws {
        let wanted = [
            "--if-exists", "del-port", "br-int", "veth1000_Xy3Z", "--",
            "add-port", "br-int", "veth1000_Xy3Z", "--", "set", "Interface", "veth1000_Xy3Z",
            #"external_ids:iface-id="berth-1000-web-0""#,
            #"external_ids:attached-mac="b2:bf:01:02:03:04""#,
        ]
        #expect(try addition(of: "web") == wanted)
        var tagged = wanted
        tagged.insert("tag=20", at: 8)
        #expect(try addition(of: "web", vlan: 20) == tagged)
        #expect(try addition(of: "web", address: nil) == wanted.dropLast())
    }

    @Test(
        "the name of a container cannot add a word, a key or a command",
        arguments: [
            "\"", "\\", "web\",iface-id=\"berth-0-web-0", "--", "-- del-br br-int", " ", "=", ",",
            "\n", "[", "{", "@x", "$(id)", "\u{e9}", String(repeating: "\"", count: 255),
        ])
    func hostile(name: String) throws {
        let words = try addition(of: name)
        #expect(words.count == (try addition(of: "web")).count)
        let value = try #require(words.dropLast().last).dropFirst("external_ids:iface-id=".count)
        #expect(value.first == "\"" && value.last == "\"")
        #expect(value.hasPrefix("\"berth-1000-") && value.hasSuffix("-0\""))
        #expect(!value.dropFirst().dropLast().contains { "\"\\ =,\n[{@$:".contains($0) })
        #expect(value.utf8.allSatisfy { $0 < 0x7f })
    }
}
