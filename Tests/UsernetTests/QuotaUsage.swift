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
        let line = CallerLines.Line(entry, owner: alice)
        #expect(Quota([line], in: ledger).charged == nil)
        let quota = Quota([line], in: ledger) { _ in false }
        #expect(quota.charged == line && quota.used == 0)
    }

    @Test("the lines of a user and those for each member of a group add up")
    func each() throws {
        var caller = TestCaller(["alice", "@staff"])
        let file = UsernetFile(
            Array("@staff veth lxcbr0 2 each\n@staff veth lxcbr0 1\nalice veth lxcbr0 1\n".utf8))
        let bridge = try #require(UsernetBridge(Array("lxcbr0".utf8)))
        let lines = file.lines(for: bridge, of: &caller).lines
        let staff = "@staff veth lxcbr0 veth1\n"
        var rows = ""
        // Bob's NICs and those of the group count towards other quotas.
        for number in 0..<10 { rows += "bob veth lxcbr0 vethb\(number)\n" }
        func charged() -> Int? { Quota(lines, in: Ledger(Array(rows.utf8))).charged?.entry.line }
        #expect(charged() == 1)
        rows += "alice veth lxcbr0 veth2\nalice veth lxcbr0 veth3\n"
        #expect(charged() == 2)
        rows += staff
        #expect(charged() == 3)
        rows += "alice veth lxcbr0 veth4\n"
        #expect(charged() == nil)
        let quota = Quota(lines, in: Ledger(Array(rows.utf8)))
        #expect(quota.allowed == 4 && quota.used == 4)
    }
}
