package import Linux
package import Netlink

/// `/run/lxc/nics`: a row for every NIC that somebody was given, `OWNER TYPE BRIDGE HOST-IFNAME`.
///
/// LXC's own helper reads and writes the same file under the same lock, and waits for that lock
/// with the file already open: the file can be neither replaced nor given another form. Yet a
/// process may be killed between any two system calls, and within one at a page's edge. So the
/// changes that this type asks for leave something whole behind at every instant (see ``Rewrite``),
/// and what it reads is what was meant, wherever the last writer ended.
package struct Ledger: Sendable {
    /// What the file holds.
    private var file: [UInt8]
    /// The rows that it means. The same bytes, unless a writer was killed.
    package private(set) var bytes: [UInt8]
    private var lines: [Line]

    package struct Row: Equatable, Sendable {
        package let owner: Owner
        package let bridge: UsernetBridge
        package let nic: InterfaceName

        package init(owner: Owner, bridge: UsernetBridge, nic: InterfaceName) {
            self.owner = owner
            self.bridge = bridge
            self.nic = nic
        }

        fileprivate var text: [UInt8] {
            owner.field + [0x20] + veth + [0x20] + bridge.bytes + [0x20] + nic.bytes + [0x0a]
        }
    }

    package enum Change: Equatable, Sendable {
        case write([UInt8], at: Int)
        case cut(to: Int)
    }

    package init(_ file: [UInt8]) {
        self.file = file
        bytes = file
        lines = []
        // What a short row takes.
        lines.reserveCapacity(file.count / 24)
        var isWhole = file.last.map { $0 == 0x0a } ?? true
        for place in Lines(bytes: file) {
            if let line = Line(place, in: file) { lines.append(line) } else { isWhole = false }
        }
        if !isWhole {
            let meant = LedgerRewrite.meant(by: file)
            var rows: [ArraySlice<UInt8>] = []
            for place in Lines(bytes: meant) where Line(place, in: meant) != nil {
                // No NIC has two rows that are the same.
                if !rows.contains(meant[place]) { rows.append(meant[place]) }
            }
            bytes = rows.flatMap { $0 + [0x0a] }
            lines = Lines(bytes: bytes).compactMap { Line($0, in: bytes) }
        }
    }

    /// The rows of NICs of our type.
    package var rows: [Row] { lines.compactMap { row($0) } }

    private func row(_ line: Line) -> Row? {
        guard line.isVeth, let bridge = UsernetBridge(bytes[line.bridge]),
            let nic = InterfaceName(bytes[line.nic])
        else { return nil }
        return Row(owner: Owner(field: bytes[line.owner]), bridge: bridge, nic: nic)
    }

    /// The owner's NICs on a bridge.
    /// - Parameter exists: whether a NIC of that name exists, for a ledger that was not culled.
    package func count(
        _ owner: Owner, on bridge: UsernetBridge,
        where exists: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) -> Int {
        let field = owner.field
        let bridge = bridge.bytes
        return lines.count { line in
            guard line.isVeth, stands(bridge, at: line.bridge, in: bytes) else { return false }
            if stands(field, at: line.owner, in: bytes) { return exists(bytes[line.nic]) }
            // The same name may have been written otherwise.
            let found = bytes[line.owner]
            return found.contains(0x5c) && Owner(field: found) == owner
                && exists(bytes[line.nic])
        }
    }

    /// Whether any row is about a NIC of that name, on whatever bridge.
    package func mentions(_ nic: InterfaceName) -> Bool {
        lines.contains { stands(nic.bytes, at: $0.nic, in: bytes) }
    }

    /// - Returns: what is to be written, in that order.
    package mutating func add(_ row: Row) -> [Change] {
        // In order first; never longer in one step, for then there would be no room behind it.
        let mending = keep { _ throws(Never) in true }
        let start = bytes.count
        bytes += row.text
        file = bytes
        if let line = Line(start..<bytes.count - 1, in: bytes) { lines.append(line) }
        return mending + [.write(row.text, at: start)]
    }

    /// - Returns: what is to be written, in that order.
    package mutating func remove(_ row: Row) -> [Change] {
        let ledger = self
        return keep { line throws(Never) in ledger.row(line) != row }
    }

    /// Takes away rows of a bridge whose NIC is gone.
    /// - Parameter limit: after how many NICs that are there to look no further. One that is gone does not
    ///   count: its row is looked at once, and a host on which everything has died is in order again with
    ///   the first NIC that comes.
    /// - Returns: those rows, and what is to be written, in that order.
    package mutating func cull<Failure: Error>(
        on bridge: UsernetBridge, untilMeeting limit: Int,
        unless exists: (Row) throws(Failure) -> Bool
    ) throws(Failure) -> (gone: [Row], changes: [Change]) {
        let ledger = self
        let name = bridge.bytes
        var gone: [Row] = []
        var met = 0
        let changes = try keep { line throws(Failure) in
            guard met < limit, stands(name, at: line.bridge, in: ledger.bytes),
                let row = ledger.row(line)
            else { return true }
            if try exists(row) {
                met += 1
                return true
            }
            gone.append(row)
            return false
        }
        return (gone, changes)
    }

    private mutating func keep<Failure: Error>(
        _ isKept: (Line) throws(Failure) -> Bool
    ) throws(Failure) -> [Change] {
        var gone: [Int] = []
        for position in lines.indices where try !isKept(lines[position]) { gone.append(position) }
        guard !gone.isEmpty || file != bytes else { return [] }
        var rest: [UInt8] = []
        var next = gone[...]
        for (position, line) in lines.enumerated() {
            if position == next.first {
                next = next.dropFirst()
            } else {
                rest += bytes[line.place] + [0x0a]
            }
        }
        return become(rest)
    }

    private mutating func become(_ text: [UInt8]) -> [Change] {
        let changes = LedgerRewrite.changes(from: file, to: text)
        self = Ledger(text)
        return changes
    }

    /// A row by the places of its words.
    private struct Line {
        /// Without its newline.
        let place: Range<Int>
        let owner: Range<Int>
        let bridge: Range<Int>
        let nic: Range<Int>
        /// Rows of any other type are not ours to judge, and stay.
        let isVeth: Bool

        /// `nil` for what is no row.
        init?(_ place: Range<Int>, in bytes: [UInt8]) {
            var position = place.lowerBound
            let end = place.upperBound
            guard let owner = nextWord(in: bytes, from: &position, to: end),
                bytes[owner.lowerBound] != 0x23,
                let type = nextWord(in: bytes, from: &position, to: end),
                let bridge = nextWord(in: bytes, from: &position, to: end),
                let nic = nextWord(in: bytes, from: &position, to: end),
                InterfaceName.isValid(bytes[nic])
            else { return nil }
            self.place = place
            self.owner = owner
            self.bridge = bridge
            self.nic = nic
            isVeth = stands(veth, at: type, in: bytes)
        }
    }
}

extension Ledger.Change {
    /// What the file holds afterwards.
    package func apply(to bytes: inout [UInt8]) {
        switch self {
        case .cut(let length): bytes.removeLast(bytes.count - length)
        case .write(let new, let offset):
            let overlap = min(new.count, bytes.count - offset)
            bytes.replaceSubrange(offset..<offset + overlap, with: new)
        }
    }
}
