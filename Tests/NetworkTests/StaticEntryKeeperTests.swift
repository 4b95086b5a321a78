import Testing

@testable import Network

@Suite("Static entries of the forwarding table that are repeated for FRR")
struct StaticEntryKeeperTests {
    @Test("Further changes do not postpone the repetition")
    func schedule() {
        var keeper = StaticEntryKeeper()
        #expect(keeper.wait(from: 1000) == nil)
        keeper.schedule(at: 1000)
        #expect(keeper.wait(from: 1000) == 500)
        keeper.schedule(at: 1400)
        #expect(keeper.wait(from: 1400) == 100)
        #expect(keeper.wait(from: 2000) == 0)
    }
}
