internal import Linux

/// `/etc/subuid` and `/etc/subgid`: whose containers may have which numbers.
struct SubordinateFacts: Equatable, Sendable {
    struct Range: Equatable, Sendable {
        let owner: [UInt8]
        let start: UInt64
        let count: UInt64
        let line: Int

        var end: UInt64 { start + count }

        func overlaps(_ start: UInt64, _ count: UInt64) -> Bool {
            start < end && self.start < start + count
        }
    }

    var users: [Range] = []
    var groups: [Range] = []
    /// Whether another source than the files decides.
    var isElsewhere = false

    static func file(_ kind: ContainerConfig.Range.Kind) -> String {
        kind == .users ? "/etc/subuid" : "/etc/subgid"
    }

    func ranges(_ kind: ContainerConfig.Range.Kind) -> [Range] {
        kind == .users ? users : groups
    }

    /// Those of one user, by name or by number.
    func ranges(_ kind: ContainerConfig.Range.Kind, of subject: TargetUser) -> [Range] {
        ranges(kind).filter { Self.isOwner($0, subject) }
    }

    static func isOwner(_ range: Range, _ subject: TargetUser) -> Bool {
        range.owner == subject.account.name
            || range.owner == Array("\(subject.user.number)".utf8)
    }

    static func observe() -> SubordinateFacts {
        func read(_ kind: ContainerConfig.Range.Kind) -> [Range] {
            parse(((try? SmallFile.contents(of: file(kind))) ?? nil) ?? [])
        }
        let sources = ((try? SmallFile.contents(of: "/etc/nsswitch.conf")) ?? nil) ?? []
        let isElsewhere = Lines(bytes: sources).contains { place in
            let words = words(of: sources[place])
            return words.first?.elementsEqual("subid:".utf8) ?? false
                && !words.dropFirst().allSatisfy { $0.elementsEqual("files".utf8) }
        }
        return SubordinateFacts(
            users: read(.users), groups: read(.groups), isElsewhere: isElsewhere)
    }

    /// `OWNER:START:COUNT`; newuidmap(1) skips lines of any other form.
    static func parse(_ bytes: [UInt8]) -> [Range] {
        var line = 0
        return Lines(bytes: bytes).compactMap { place in
            line += 1
            let fields = bytes[place].split(separator: 0x3a, omittingEmptySubsequences: false)
            let most = UInt64(UInt32.max)
            guard fields.count == 3, !fields[0].isEmpty, fields[0].first != 0x23,
                let start = decimal(fields[1], upTo: most),
                let count = decimal(fields[2], upTo: most),
                count > 0
            else { return nil }
            return Range(owner: Array(fields[0]), start: start, count: count, line: line)
        }
    }

    /// The first range of 65,536 numbers that is nobody's, in both files.
    var free: UInt64 {
        var start: UInt64 = 100_000
        for range in (users + groups).sorted(by: { $0.start < $1.start })
        where range.overlaps(start, 65536) {
            start = (range.end + 65535) / 65536 * 65536
        }
        return start
    }
}
