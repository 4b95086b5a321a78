internal import Linux

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
