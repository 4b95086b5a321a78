internal import Linux

/// The subordinate user and group IDs of `/etc/subuid` and `/etc/subgid`.
struct SubuidFacts: Equatable, Sendable {
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
    /// Whether nsswitch.conf names a source other than these files.
    var isElsewhere = false

    static func file(_ kind: ContainerConfig.Range.Kind) -> String {
        kind == .users ? "/etc/subuid" : "/etc/subgid"
    }

    func ranges(_ kind: ContainerConfig.Range.Kind) -> [Range] {
        kind == .users ? users : groups
    }

    /// The ranges of one user. A line names its user by name or by number.
    func ranges(_ kind: ContainerConfig.Range.Kind, of target: TargetUser) -> [Range] {
        ranges(kind).filter { Self.isOwner($0, target) }
    }

    static func isOwner(_ range: Range, _ target: TargetUser) -> Bool {
        range.owner == target.account.name
            || range.owner == Array("\(target.user.number)".utf8)
    }

    static func observe(_ policies: PolicyFiles) -> SubuidFacts {
        let sources = contents(of: "/etc/nsswitch.conf")
        let isElsewhere = Lines(bytes: sources).contains { range in
            let words = words(of: sources[range])
            return words.first?.elementsEqual("subid:".utf8) ?? false
                && !words.dropFirst().allSatisfy { $0.elementsEqual("files".utf8) }
        }
        return SubuidFacts(
            users: parse(policies.subuid), groups: parse(policies.subgid),
            isElsewhere: isElsewhere)
    }

    /// Parses lines `OWNER:START:COUNT`. Ignores lines of any other form, as newuidmap(1) does.
    static func parse(_ bytes: [UInt8]) -> [Range] {
        var line = 0
        return Lines(bytes: bytes).compactMap { range in
            line += 1
            let fields = bytes[range].split(separator: 0x3a, omittingEmptySubsequences: false)
            let highest = UInt64(UInt32.max)
            guard fields.count == 3, !fields[0].isEmpty, fields[0].first != 0x23,
                let start = decimal(fields[1], upTo: highest),
                let count = decimal(fields[2], upTo: highest),
                count > 0
            else { return nil }
            return Range(owner: Array(fields[0]), start: start, count: count, line: line)
        }
    }

    /// Whether it is safe to advise root to grant this range, which the user chose: it has at most
    /// 65,536 IDs, no user has any of them, and they are among those that useradd(8) grants by
    /// default (SUB_UID_MIN and SUB_UID_MAX in login.defs(5)).
    func mayBeGranted(_ range: ContainerConfig.Range) -> Bool {
        range.count > 0 && range.count <= 65536 && range.outside >= 100_000
            && range.outside + range.count <= 600_100_001
            && !ranges(range.kind).contains { $0.overlaps(range.outside, range.count) }
    }

    /// The start of the first 65,536 IDs that neither file gives to a user.
    var free: UInt64 {
        var start: UInt64 = 100_000
        for range in (users + groups).sorted(by: { $0.start < $1.start })
        where range.overlaps(start, 65536) {
            start = (range.end + 65535) / 65536 * 65536
        }
        return start
    }
}
