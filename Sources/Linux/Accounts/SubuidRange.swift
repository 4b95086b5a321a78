/// A line of subuid(5) or subgid(5): user or group IDs for the user namespaces of a user.
package struct SubuidRange: Equatable, Sendable {
    /// The name of the user, or the user ID in decimal.
    package let owner: [UInt8]
    package let start: UInt64
    package let count: UInt64
    /// The number of the line, from 1.
    package let line: Int

    package init(owner: [UInt8], start: UInt64, count: UInt64, line: Int) {
        self.owner = owner
        self.start = start
        self.count = count
        self.line = line
    }

    package var end: UInt64 { start + count }

    package func overlaps(_ start: UInt64, _ count: UInt64) -> Bool {
        start < end && self.start < start + count
    }

    /// Parses lines `OWNER:START:COUNT`. Ignores lines of any other form, as newuidmap(1) does.
    package static func parse(_ bytes: [UInt8]) -> [SubuidRange] {
        var ranges: [SubuidRange] = []
        for (position, place) in Lines(bytes: bytes).enumerated() {
            let fields = bytes[place].split(separator: 0x3a, omittingEmptySubsequences: false)
            let highest = UInt64(UInt32.max)
            guard fields.count == 3, !fields[0].isEmpty, fields[0].first != 0x23,
                let start = decimal(fields[1], upTo: highest),
                let count = decimal(fields[2], upTo: highest),
                count > 0
            else { continue }
            ranges.append(
                SubuidRange(
                    owner: Array(fields[0]), start: start, count: count, line: position + 1))
        }
        return ranges
    }
}
