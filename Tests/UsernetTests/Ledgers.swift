import Glibc
import Linux
import Netlink
import Testing
import Usernet

@Suite struct Ledgers {
    private let bridge = UsernetBridge("br0".utf8) ?? .none
    private let eve = Owner.user(Array("eve".utf8))

    private func row(_ nic: String) throws -> Ledger.Row {
        Ledger.Row(owner: eve, bridge: bridge, nic: try #require(InterfaceName(nic.utf8)))
    }

    private func text(_ ledger: Ledger) -> String { String(decoding: ledger.bytes, as: UTF8.self) }

    @Test("a row counts only for its owner, type and bridge")
    func counting() {
        let ledger = Ledger(
            Array(
                """
                eve veth br0 a
                bob veth br0 b
                eve veth br1 c
                eve macvlan br0 d
                \\145ve veth br0 e

                """.utf8))
        #expect(ledger.count(eve, on: bridge) == 2)
        #expect(ledger.rows.count == 4)
    }

    @Test(
        "a new row is appended on a line of its own",
        arguments: [
            ("", "eve veth br0 x\n"), ("bob veth br0 b\n", "bob veth br0 b\neve veth br0 x\n"),
            ("bob veth br0 b", "bob veth br0 b\neve veth br0 x\n"),
        ])
    func adding(before: String, after: String) throws {
        var ledger = Ledger(Array(before.utf8))
        _ = ledger.add(try row("x"))
        #expect(text(ledger) == after)
    }

    @Test(
        "rows of missing NICs are removed, and other rows keep their bytes",
        arguments: [
            ("eve veth br0 gone\n", ""), ("eve veth br0 a\n", "eve veth br0 a\n"),
            ("eve veth br0 gone\nbob  veth\tbr0 b \n", "bob  veth\tbr0 b \n"),
            ("bob veth br0 b\neve veth br0 gone\n", "bob veth br0 b\n"),
            ("bob veth br1 gone\neve veth br0 gone\n", "bob veth br1 gone\n"),
            ("bob macvlan br0 gone\neve veth br0 gone\n", "bob macvlan br0 gone\n"),
            ("eve veth br0 a\nhalf a row", "eve veth br0 a\n"),
            ("# a\n\neve veth br0 a\n", "eve veth br0 a\n"),
            ("eve veth br0 a", "eve veth br0 a\n"),
            ("eve veth br0 a/b\neve veth br0 c\n", "eve veth br0 c\n"),
            (
                "bob veth br0 b\nha veth b# rewrite 15 15\n# rewrite 15 15\n"
                    + "bob veth br0 c\n# end\n",
                "bob veth br0 b\nbob veth br0 c\n"
            ),
        ])
    func culling(before: String, after: String) {
        var ledger = Ledger(Array(before.utf8))
        let all = ledger.removeStaleRows(on: bridge, stoppingAfter: .max) { row throws(Never) in
            row.nic.description != "gone"
        }
        #expect(text(ledger) == after)
        var file = Array(before.utf8)
        for change in all.changes { change.apply(to: &file) }
        #expect(file == ledger.bytes)
        // A second run changes nothing.
        #expect(
            ledger.removeStaleRows(on: bridge, stoppingAfter: .max) { row throws(Never) in
                row.nic.description != "gone"
            }.changes.isEmpty)
    }

    @Test("the search ends after a few NICs that exist, however many are missing before them")
    func meetingSome() {
        let gone = (1...50).map { "eve veth br0 gone\($0)\n" }.joined()
        var ledger = Ledger(
            Array((gone + "eve veth br0 a\n" + gone + "eve veth br0 b\neve veth br0 gone\n").utf8))
        var looks = 0
        let culled = ledger.removeStaleRows(on: bridge, stoppingAfter: 2) { row throws(Never) in
            looks += 1
            return !row.nic.description.hasPrefix("gone")
        }.gone
        #expect(looks == 102)
        #expect(culled.count == 100)
        #expect(text(ledger) == "eve veth br0 a\neve veth br0 b\neve veth br0 gone\n")
    }

    /// The ledger's lock is held during the repair. A repair that compares each row with all others
    /// takes 64 times as long for a ledger that is eight times as long.
    @Test(
        "the time that a repair takes grows no faster than the ledger",
        arguments: Damage.allCases)
    func repairing(damage: Damage) {
        func time(_ count: Int) -> Double {
            let file = damage.ledger(count)
            return (1...3).map { _ in
                let start = clock()
                var ledger = Ledger(file)
                _ = ledger.removeStaleRows(on: .none, stoppingAfter: 0) { _ throws(Never) in true }
                #expect(ledger.rows.count == count)
                return Double(clock() - start)
            }.min() ?? 0
        }
        let short = time(500)
        let long = time(4000)
        #expect(long < 24 * max(short, 1), "\(short) and \(long) microseconds")
    }

    enum Damage: String, CaseIterable, Sendable {
        case partOfARow, unfinishedCopy, manyNotices, manyUnfinishedNotices

        func ledger(_ count: Int) -> [UInt8] {
            let rows = (1...count).map { "bob veth br1 veth\($0)\n" }.joined()
            let text =
                switch self {
                case .partOfARow: rows + "eve veth b"
                case .unfinishedCopy: rows + "# rewrite 0 \(rows.utf8.count)\n" + rows.dropLast(5)
                case .manyNotices:
                    rows
                        + String(repeating: "# rewrite \(rows.utf8.count) 0\n# end\n", count: count)
                case .manyUnfinishedNotices:
                    rows
                        + (1...count).map { "# rewrite 0 999999\nbob veth br1 veth\($0)" }
                        .joined(separator: "\n")
                }
            return Array(text.utf8)
        }
    }

    private static let before =
        "eve veth br0 gone1\nbob veth br0 b1\n@staff veth br0 gone2\nbob veth br1 b2\n"
        + "eve veth br0 e1\neve veth br0 gone3\nbob veth br0 b3\n"
    private static let stay = [
        "bob veth br0 b1", "bob veth br1 b2", "eve veth br0 e1", "bob veth br0 b3",
    ]

    /// Removes rows of missing NICs, adds a row and removes it.
    private func run(on file: [UInt8]) throws -> (changes: [Ledger.Change], rows: [String]) {
        var ledger = Ledger(file)
        let culled = ledger.removeStaleRows(on: bridge, stoppingAfter: .max) { row throws(Never) in
            ["b1", "b2", "b3", "e1"].contains(row.nic.description)
        }
        let changes = culled.changes + ledger.add(try row("x")) + ledger.remove(try row("x"))
        return (changes, text(ledger).split(separator: "\n").map(String.init))
    }

    /// The file after every byte of every write.
    private func states(of file: [UInt8], during changes: [Ledger.Change], every step: Int)
        -> [[UInt8]]
    {
        var states: [[UInt8]] = []
        var file = file
        for change in changes {
            if case .write(let bytes, let offset) = change {
                for length in stride(from: 0, to: bytes.count, by: step) {
                    var torn = file
                    Ledger.Change.write(Array(bytes.prefix(length)), at: offset).apply(to: &torn)
                    states.append(torn)
                }
            }
            change.apply(to: &file)
            states.append(file)
        }
        return states
    }

    /// Each row that stays is in the file at every point, and the next run finds it exactly once.
    @Test("no row is lost if a writer, and then the next one, is killed after any byte")
    func dying() throws {
        let file = Array(Self.before.utf8)
        let first = try run(on: file)
        #expect(first.rows == Self.stay)
        var seen = 0
        for torn in states(of: file, during: first.changes, every: 1) {
            let lines = Set(
                String(decoding: torn, as: UTF8.self).split(separator: "\n").map(String.init))
            #expect(Set(Self.stay).isSubset(of: lines), "\(String(decoding: torn, as: UTF8.self))")
            let second = try run(on: torn)
            #expect(second.rows == Self.stay, "\(String(decoding: torn, as: UTF8.self))")
            for tornAgain in states(of: torn, during: second.changes, every: 7) {
                seen += 1
                let third = try run(on: tornAgain)
                #expect(
                    third.rows.sorted() == Self.stay.sorted(),
                    "\(String(decoding: tornAgain, as: UTF8.self))")
            }
        }
        #expect(seen > 2000)
    }
}
