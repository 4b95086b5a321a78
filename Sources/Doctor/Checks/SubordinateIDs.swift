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

/// Whether the user has numbers for a container's users, and nobody else has the same.
enum SubordinateIDs: Check {
    static let name = "subordinate-ids"

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.subordinate.isElsewhere else {
            return [
                .unknown(
                    "/etc/nsswitch.conf", "its line \"subid\" has another source than files decide")
            ]
        }
        return [.users, .groups].flatMap { findings($0, facts) }
    }

    private static func findings(
        _ kind: ContainerConfig.Range.Kind, _ facts: Facts
    ) -> [Finding] {
        let subject = facts.subject
        let file = SubordinateFacts.file(kind)
        let own = facts.subordinate.ranges(kind, of: subject)
        guard !own.isEmpty else {
            let start = wanted(kind, facts) ?? facts.subordinate.free
            return [
                .problem(
                    file,
                    "no line gives \(subject.name) any numbers for a container's "
                        + (kind == .users ? "users" : "groups"),
                    .line("\(subject.name):\(start):65536", to: file, by: .root))
            ]
        }
        let others = facts.subordinate.ranges(kind).filter {
            !SubordinateFacts.isOwner($0, subject)
        }
        for range in own {
            guard let other = others.first(where: { $0.overlaps(range.start, range.count) }) else {
                continue
            }
            return [
                .warning(
                    "\(file):\(range.line)",
                    "\(subject.name) shares numbers with \(printable(other.owner)) of line "
                        + "\(other.line), and each can touch files of the other's containers",
                    .advice(
                        "give one of them a range that is free, such as "
                            + "\(facts.subordinate.free):65536, and make his containers anew"))
            ]
        }
        let most = own.max { $0.count < $1.count }
        guard let most, most.count >= 65536 else {
            return [
                .warning(
                    file,
                    "\(subject.name) has \(own.reduce(0) { $0 + $1.count }) numbers, fewer than "
                        + "the 65536 that most systems in containers use",
                    .line(
                        "\(subject.name):\(facts.subordinate.free):65536", to: file, by: .root))
            ]
        }
        return [
            .ok(
                "\(file):\(most.line)",
                "\(subject.name) has \(most.start) and \(most.count - 1) more")
        ]
    }

    /// What the container's own map asks for, if nobody else has it.
    private static func wanted(_ kind: ContainerConfig.Range.Kind, _ facts: Facts) -> UInt64? {
        guard
            let range = facts.config.map.first(where: {
                $0.kind == kind && $0.inside == 0 && $0.count == 65536
            }),
            !facts.subordinate.ranges(kind).contains(where: {
                $0.overlaps(range.outside, range.count)
            }), range.outside >= 65536
        else { return nil }
        return range.outside
    }
}
