internal import Linux

/// The subordinate user and group IDs of `/etc/subuid` and `/etc/subgid`.
struct SubuidFacts: Equatable, Sendable {
    var users: [SubuidRange] = []
    var groups: [SubuidRange] = []
    /// Lines that grant nothing, because they have another form.
    var invalidUsers: [InvalidLine] = []
    var invalidGroups: [InvalidLine] = []
    /// Whether nsswitch.conf names a source other than these files, for libsubid.
    var isElsewhere = false

    static func file(_ kind: ContainerConfig.Range.Kind) -> String {
        kind == .users ? "/etc/subuid" : "/etc/subgid"
    }

    func ranges(_ kind: ContainerConfig.Range.Kind) -> [SubuidRange] {
        kind == .users ? users : groups
    }

    /// The ranges of one user. A line names its user by name or by number.
    func ranges(_ kind: ContainerConfig.Range.Kind, of target: TargetUser) -> [SubuidRange] {
        ranges(kind).filter { Self.isOwner($0, target) }
    }

    static func isOwner(_ range: SubuidRange, _ target: TargetUser) -> Bool {
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
            users: SubuidRange.parse(policies.subuid),
            groups: SubuidRange.parse(policies.subgid),
            invalidUsers: invalidLines(policies.subuid),
            invalidGroups: invalidLines(policies.subgid),
            isElsewhere: isElsewhere)
    }

    struct InvalidLine: Equatable, Sendable {
        let number: Int
        let owner: [UInt8]
        /// Whether it is valid up to the first blank.
        let isValidBeforeBlank: Bool
    }

    private static func invalidLines(_ bytes: [UInt8]) -> [InvalidLine] {
        let valid = Set(SubuidRange.parse(bytes).map(\.line))
        return Lines(bytes: bytes).enumerated().compactMap { index, place in
            let line = bytes[place]
            guard !valid.contains(index + 1), let colon = line.firstIndex(of: 0x3a) else {
                return nil
            }
            return InvalidLine(
                number: index + 1,
                owner: Array(line[..<colon].filter { !isBlank($0) }),
                isValidBeforeBlank: !SubuidRange.parse(Array(line.prefix { !isBlank($0) }))
                    .isEmpty)
        }
    }

    /// The first invalid line that names the user.
    func invalidLine(_ kind: ContainerConfig.Range.Kind, of target: TargetUser) -> InvalidLine? {
        (kind == .users ? invalidUsers : invalidGroups).first {
            $0.owner == target.account.name || $0.owner == Array("\(target.user.number)".utf8)
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
