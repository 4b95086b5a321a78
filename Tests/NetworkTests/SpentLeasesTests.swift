import Testing

@testable import Network

@Suite("Leases of containers that have stopped")
struct SpentLeasesTests {
    private func snapshot(
        _ leases: [Int], present: [Int] = [], settings: String = ""
    ) throws -> SpentLeases.Snapshot {
        let lines = leases.map { "9 b2:bf:00:00:00:0\($0) 10.0.3.\($0 + 10) * *\n" }
        // The lease of another client is never spent.
        let text = lines.joined() + "9 aa:bb:cc:00:00:02 10.0.3.7 vm *\n"
        return .init(
            try network(settings), leases: Leases.parse(Array(text.utf8)),
            present: Set(present.map { "b2:bf:00:00:00:0\($0)" }))
    }

    @Test("A lease is released half a minute after its NIC was removed")
    func grace() throws {
        var spent = SpentLeases()
        #expect(spent.due(try snapshot([1, 2], present: [1, 2]), at: 0).isEmpty)
        #expect(!spent.isWaiting)
        #expect(spent.due(try snapshot([1, 2], present: [2]), at: 1000).isEmpty)
        #expect(spent.isWaiting)
        #expect(spent.due(try snapshot([1, 2], present: [2]), at: 30_999).isEmpty)
        let due = spent.due(try snapshot([1, 2], present: [2]), at: 31_000)
        #expect(due.map(\.address) == ["10.0.3.11"])
        // A message that was lost is repeated, but not at once.
        #expect(spent.due(try snapshot([1, 2], present: [2]), at: 32_000).isEmpty)
        #expect(spent.due(try snapshot([1, 2], present: [2]), at: 61_000).count == 1)
        #expect(spent.due(try snapshot([2], present: [2]), at: 62_000).isEmpty)
        #expect(!spent.isWaiting)
    }

    @Test("A container that restarts in time keeps its lease")
    func restart() throws {
        var spent = SpentLeases()
        #expect(spent.due(try snapshot([1]), at: 0).isEmpty)
        #expect(spent.due(try snapshot([1], present: [1]), at: 29_000).isEmpty)
        #expect(spent.due(try snapshot([1]), at: 31_000).isEmpty)
        #expect(spent.due(try snapshot([1]), at: 61_000).count == 1)
    }

    @Test("If few addresses are free, the grace period is 5 s")
    func full() throws {
        let settings = "LXC_DHCP_RANGE=10.0.3.10,10.0.3.17"
        var spent = SpentLeases()
        let leases = Array(0..<8)
        #expect(spent.due(try snapshot(leases, settings: settings), at: 0).isEmpty)
        #expect(spent.due(try snapshot(leases, settings: settings), at: 4999).isEmpty)
        #expect(spent.due(try snapshot(leases, settings: settings), at: 5000).count == 8)
        #expect(try snapshot(leases, settings: settings).isNearlyFull)
        #expect(try !snapshot(leases, settings: "").isNearlyFull)
        #expect(try snapshot(leases, settings: "LXC_DHCP_MAX=8").isNearlyFull)
    }

    @Test("The message that releases a lease is a DHCPRELEASE")
    func message() throws {
        let lease = try #require(
            Leases.parse(Array("9 b2:bf:00:00:00:01 10.0.3.11 * *\n".utf8)).first)
        let server = try #require(IPv4Address("10.0.3.1"))
        let bytes = try #require(DHCPRelease(lease, from: server)).bytes
        #expect(bytes.count == 240 + 3 + 6 + 1)
        #expect(bytes[12..<16] == [10, 0, 3, 11] && bytes[28..<34] == [0xb2, 0xbf, 0, 0, 0, 1])
        #expect(bytes[236..<240] == [99, 130, 83, 99])
        #expect(bytes[240...] == [53, 1, 7, 54, 4, 10, 0, 3, 1, 255])
        let six = try #require(
            Leases.parse(Array("9 b2:bf:00:00:00:01 fd00::1 * *\n".utf8)).first)
        #expect(DHCPRelease(six, from: server) == nil)
    }
}
