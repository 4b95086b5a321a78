import Linux
import Testing

@testable import Network

@Suite("A record of an earlier version is read, and one that cannot be read is reported")
struct RecordTests {
    /// - Parameter name: a file in `records`.
    static func bytes(of name: String) throws -> [UInt8] {
        let directory = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return try #require(try SmallFile.contents(of: "\(directory)/records/\(name)"))
    }

    @Test(
        "All that a record of version 1 names, such as the bridge, counts as created by berth-net")
    func version1() throws {
        let record = try Record.decoded(try Self.bytes(of: "version-1.json"))
        #expect(record.version == 2)
        let entry = try #require(record.networks.first)
        #expect(entry.desired.bridge.description == "lxcbr0")
        #expect(entry.desired.forwards.map(\.description).first == "tcp:8080=10.0.3.100:80")
        #expect(entry.desired.firewall.fixesForeign)
        #expect(entry.bridge == .made && entry.isComplete)
        #expect(
            entry.addresses.map { "\($0.address) \($0.origin)" }
                == ["10.0.3.1/24 made", "fde7:5c47:b762:fa60::1/64 made"])
        #expect(entry.hasUnrecordedIsolation)
        #expect(entry.foreignFixes.first?.undo.count == 2)
        #expect(entry.firewall?.observed.hasPrefix("1c4530eb") == true)
        #expect(record.networks.count == 2)
        #expect(record.networks.last?.hasUnrecordedIsolation == false)
        #expect(record.host == .init())
    }

    @Test(
        "On a bridge that version 1 did not create, everything stays"
    )
    func version1Found() throws {
        let text = String(decoding: try Self.bytes(of: "version-1.json"), as: UTF8.self)
            .split(separator: "\"madeBridge\":true").joined(separator: "\"madeBridge\":false")
        let entry = try #require(try Record.decoded(Array(text.utf8)).networks.first)
        #expect(entry.bridge == .unknown)
        #expect(entry.addresses.map(\.origin) == [.unknown, .unknown])
        #expect(entry.ownAddresses.isEmpty)
    }

    @Test("A record decodes as it was encoded")
    func roundTrip() throws {
        let network = try network(
            "LXC_FORWARDS='tcp:80=10.0.3.9:80 udp:1-2=10.0.3.8' LXC_DHCP_HOSTS=web,10.0.3.9")
        var (_, entry) = try PlanTests.applied(network)
        entry.bridge = .found
        entry.addresses[0].origin = .takenOver
        entry.addresses[1].replaced = BridgeAddress("fd42::1/80")
        entry.alterations = [
            Alteration(.mtu, from: "9000", to: "1500"), Alteration(.link, from: "down", to: "up"),
            Alteration(
                .kernel("/proc/sys/net/ipv6/conf/lxcbr0/accept_ra"), from: "2", to: "0"),
        ]
        entry.isolatedPorts = [.init(try interface("veth1", index: 9))]
        var record = Record.empty
        record.update(entry)
        record.left = [.init(bridge: try #require(BridgeName("dmz0")), index: 12)]
        record.host.forwarding = [
            Forwarding(
                path: Sysctls.forwarding4,
                kept: [.init(path: Sysctls.acceptsRedirects4, value: "0")], bystanders: ["wg0"])
        ]
        #expect(try Record.decoded(record.encoded) == record)
    }

    @Test(
        "A record of a newer version is refused because of its version number",
        arguments: [
            #"{"version":3,"networks":[],"left":[]}"#, #"{"version":40,"everything":"other"}"#,
        ])
    func newer(text: String) throws {
        let error = #expect(throws: Record.FileError.self) {
            try Record.decoded(Array(text.utf8))
        }
        guard case .newer(let version)? = error else {
            Issue.record("\(text) is not refused as newer: \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("format version \(version)") == true)
    }

    @Test(
        "A malformed record is reported",
        arguments: [
            "", "{", "{}", "null", #"{"version":2}"#, #"{"version":"2"}"#, #"{"version":0}"#,
            #"{"version":1,"networks":[{}],"left":[],"replacesStock":false}"#,
        ])
    func malformed(text: String) {
        let error = #expect(throws: Record.FileError.self) {
            try Record.decoded(Array(text.utf8))
        }
        if case .corrupted? = error { return }
        Issue.record("\(text) is not refused as malformed: \(String(describing: error))")
    }

    @Test("A bridge of the same name with another index is not the one in the record")
    func otherBridge() throws {
        let (_, entry) = try PlanTests.applied(try network())
        var record = Record.empty
        record.update(entry)
        record.left = [.init(bridge: try #require(BridgeName("dmz0")), index: 12)]
        func origin(_ index: Int32) throws -> Origin? {
            let facts = HostFacts(interfaces: [try interface("lxcbr0", index: index, kind: .bridge)]
            )
            return record.matching(facts).networks.first?.bridge
        }
        #expect(try origin(7) == .made)
        #expect(try origin(8) == .found)
        let facts = HostFacts(interfaces: [try interface("dmz0", index: 12, kind: .bridge)])
        #expect(record.matching(facts).left.count == 1)
        #expect(record.matching(facts).networks.first?.addresses.isEmpty == true)
        #expect(record.matching(HostFacts()).left.isEmpty)
    }
}
