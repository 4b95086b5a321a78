import Linux
import Netlink
import Testing
import Usernet

@Suite
struct QuotaUsage {
    @Test("rows whose NIC no longer exists do not count")
    func existing() throws {
        let rows = "alice veth lxcbr0 veth1\nalice veth lxcbr0 veth2\nbob veth lxcbr0 veth3\n"
        let ledger = Ledger(Array(rows.utf8))
        let bridge = try #require(UsernetBridge(Array("lxcbr0".utf8)))
        let alice = Owner.user(Array("alice".utf8))
        #expect(ledger.count(alice, on: bridge) == 2)
        #expect(ledger.count(alice, on: bridge) { $0.elementsEqual("veth2".utf8) } == 1)
        let entry = try UsernetEntry(Array("alice veth lxcbr0 1".utf8)[...], line: 1)
        #expect(Quota([entry], in: ledger).chargedEntry == nil)
        let quota = Quota([entry], in: ledger) { _ in false }
        #expect(quota.chargedEntry == entry && quota.used == 0)
    }
}
