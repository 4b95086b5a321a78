package import Linux
package import Netlink

/// `/run/lxc/nics`, the quota database: a row for each NIC, `OWNER TYPE BRIDGE HOST-IFNAME`.
///
/// LXC's own helper reads and writes the same file under the same lock, and waits for that lock
/// with the file already open. So the file must not be replaced, and its format must not change. A
/// writer may be killed between any two system calls, and within one at a page boundary. Therefore
/// the changes that this type returns leave recoverable contents at every point (see
/// ``LedgerRewrite``), and the initializer recovers the rows wherever the last writer was killed.
package struct Ledger: Sendable {
    private var file: [UInt8]
    /// The text of the recovered rows, which equals the file unless a writer was killed.
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
            let beginning: [UInt8] = owner.field + [0x20] + veth + [0x20]
            return beginning + bridge.bytes + [0x20] + nic.bytes + [0x0a]
        }
    }

    package enum Change: Equatable, Sendable {
        case write([UInt8], at: Int)
        case truncate(to: Int)
    }

    package init(_ file: [UInt8]) {
        self.file = file
        bytes = file
        lines = []
        // A short row has about 24 bytes.
        lines.reserveCapacity(file.count / 24)
        var isWhole = file.last.map { $0 == 0x0a } ?? true
        for place in Lines(bytes: file) {
            if let line = Line(place, in: file) { lines.append(line) } else { isWhole = false }
        }
        if !isWhole {
            let text = LedgerRewrite.recovered(from: file)
            // A recovered copy may repeat a row.
            let rows = SortedLines(
                Lines(bytes: text).filter { Line($0, in: text) != nil }, of: text)
            bytes = rows.withoutRepeats.flatMap { text[$0] + [0x0a] }
            lines = Lines(bytes: bytes).compactMap { Line($0, in: bytes) }
        }
    }

    /// The rows of type veth.
    package var rows: [Row] { lines.compactMap { row($0) } }

    private func row(_ line: Line) -> Row? {
        guard line.isVeth, let bridge = UsernetBridge(bytes[line.bridge]),
            let nic = InterfaceName(bytes[line.nic])
        else { return nil }
        return Row(owner: Owner(field: bytes[line.owner]), bridge: bridge, nic: nic)
    }

    /// The number of the owner's NICs on a bridge.
    /// - Parameter exists: whether a NIC of that name exists, for a ledger that can have stale
    ///   rows.
    package func count(
        _ owner: Owner, on bridge: UsernetBridge,
        where exists: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) -> Int {
        let field = owner.field
        let bridge = bridge.bytes
        return lines.count { line in
            guard line.isVeth, bytesEqual(bridge, at: line.bridge, in: bytes) else { return false }
            if bytesEqual(field, at: line.owner, in: bytes) { return exists(bytes[line.nic]) }
            // The name may have been written with other escapes.
            let found = bytes[line.owner]
            return found.contains(0x5c) && Owner(field: found) == owner
                && exists(bytes[line.nic])
        }
    }

    /// Whether a NIC of that name has a row, on any bridge.
    package func mentions(_ nic: InterfaceName) -> Bool {
        lines.contains { bytesEqual(nic.bytes, at: $0.nic, in: bytes) }
    }

    /// - Returns: the changes to the file, in order.
    package mutating func add(_ row: Row) -> [Change] {
        // Repair the file in a separate step: a rewrite must not make the text longer, or it would
        // overwrite its own copy.
        let repair = keep { _ throws(Never) in true }
        let start = bytes.count
        bytes += row.text
        file = bytes
        if let line = Line(start..<bytes.count - 1, in: bytes) { lines.append(line) }
        return repair + [.write(row.text, at: start)]
    }

    /// - Returns: the changes to the file, in order.
    package mutating func remove(_ row: Row) -> [Change] {
        let ledger = self
        return keep { line throws(Never) in ledger.row(line) != row }
    }

    /// Removes the rows of a bridge whose NIC no longer exists.
    /// - Parameter limit: the search stops after this many NICs that exist. Missing NICs are not
    ///   counted, so that the first run after a crash removes all stale rows at once.
    /// - Returns: the removed rows, and the changes to the file in order.
    package mutating func removeStaleRows<Failure: Error>(
        on bridge: UsernetBridge, stoppingAfter limit: Int,
        unless exists: (Row) throws(Failure) -> Bool
    ) throws(Failure) -> (gone: [Row], changes: [Change]) {
        let ledger = self
        let name = bridge.bytes
        var gone: [Row] = []
        var existing = 0
        let changes = try keep { line throws(Failure) in
            guard existing < limit, bytesEqual(name, at: line.bridge, in: ledger.bytes),
                let row = ledger.row(line)
            else { return true }
            if try exists(row) {
                existing += 1
                return true
            }
            gone.append(row)
            return false
        }
        return (gone, changes)
    }

    /// The numbers of the lines, from 1, that are not rows, blank lines or comments.
    package static func damagedLines(in file: [UInt8]) -> [Int] {
        Lines(bytes: file).entries.compactMap { number, place in
            Line(place, in: file) == nil ? number : nil
        }
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

    /// A row, as ranges of ``bytes``.
    private struct Line {
        /// The row without its newline.
        let place: Range<Int>
        let owner: Range<Int>
        let bridge: Range<Int>
        let nic: Range<Int>
        /// Rows of other types are never removed.
        let isVeth: Bool

        /// `nil` if the line is not a row.
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
            isVeth = bytesEqual(veth, at: type, in: bytes)
        }
    }
}

extension Ledger.Change {
    /// Applies the change to the contents of a file.
    package func apply(to bytes: inout [UInt8]) {
        switch self {
        case .truncate(let length): bytes.removeLast(bytes.count - length)
        case .write(let new, let offset):
            let overlap = min(new.count, bytes.count - offset)
            bytes.replaceSubrange(offset..<offset + overlap, with: new)
        }
    }
}
