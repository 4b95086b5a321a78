import Linux
import Testing

@testable import Network

/// The record of an earlier build survives an upgrade and a downgrade.
@Suite struct RecordTests {
    @Test("a record of version 1 is read, and is written with the same keys")
    func version1() throws {
        let directory = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        let bytes = try #require(
            try SmallFile.contents(of: "\(directory)/records/version-1.json"))
        let record = try #require(Record.decoded(bytes))
        let entry = try #require(record.networks.first)
        #expect(entry.desired.bridge.description == "lxcbr0")
        #expect(entry.desired.forwards.map(\.description).first == "tcp:8080=10.0.3.100:80")
        #expect(entry.desired.firewall.fixesForeign)
        #expect(entry.madeBridge && entry.isComplete)
        #expect(entry.foreignFixes.first?.undo.count == 2)
        #expect(entry.firewall?.observed.hasPrefix("1c4530eb") == true)
        #expect(record.networks.count == 2)
        #expect(record.encoded.filter { $0 != 0x0a } == bytes.filter { $0 != 0x0a })
    }

    @Test("a malformed record, or one of another version, is not read")
    func others() {
        for text in [
            "", "{}", "null", #"{"version":2,"networks":[],"left":[],"replacesStock":false}"#,
        ] {
            #expect(Record.decoded(Array(text.utf8)) == nil)
        }
    }
}
