internal import Linux

/// Whether the user has subordinate user and group IDs that no other user has.
enum SubuidRanges: Check {
    static let name = "subordinate-ids"

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.subordinate.isElsewhere else {
            return [
                .unknown(
                    "/etc/nsswitch.conf",
                    "its line \"subid\" names a source other than /etc/subuid and /etc/subgid")
            ]
        }
        return [.users, .groups].map { finding($0, facts) }
    }

    private static func finding(
        _ kind: ContainerConfig.Range.Kind, _ facts: Facts
    ) -> Finding {
        let target = facts.target
        let file = SubuidFacts.file(kind)
        let ids = kind == .users ? "user IDs" : "group IDs"
        let own = facts.subordinate.ranges(kind, of: target)
        let free = facts.subordinate.free
        guard let largest = own.max(by: { $0.count < $1.count }) else {
            if let line = facts.subordinate.invalidLine(kind, of: target) {
                return .problem(
                    "\(file):\(line.number)",
                    "the line, which names \(target.name), grants nothing: it is not of the form "
                        + "NAME:START:COUNT, without blanks and comments",
                    line.isValidBeforeBlank
                        ? .command(
                            "sed -i '\(line.number)s/[[:space:]].*//' \(file)", by: .root)
                        : .advice("correct the line"))
            }
            return .problem(
                file, "no line gives \(target.name) subordinate \(ids)",
                .line(
                    "\(target.name):\(configured(kind, facts) ?? free):65536", to: file,
                    by: .root))
        }
        let others = facts.subordinate.ranges(kind).filter {
            !SubuidFacts.isOwner($0, target)
        }
        for range in own {
            guard let other = others.first(where: { $0.overlaps(range.start, range.count) }) else {
                continue
            }
            return .warning(
                "\(file):\(range.line)",
                "\(target.name) shares \(ids) with \(printable(other.owner)) in line "
                    + "\(other.line), so the containers of each can access the files of the "
                    + "other's containers",
                .advice(
                    "give one of them a free range, such as \(free):65536, and recreate that "
                        + "user's containers"))
        }
        guard largest.count >= 65536 else {
            return .warning(
                file,
                "\(target.name) has \(own.reduce(0) { $0 + $1.count }) subordinate \(ids), fewer "
                    + "than the 65536 that most systems in containers use",
                .line("\(target.name):\(free):65536", to: file, by: .root))
        }
        return .ok(
            "\(file):\(largest.line)",
            "\(target.name) has the \(ids) \(largest.start) to \(largest.end - 1)")
    }

    /// The range that the container's ID map names, if no other user has it.
    private static func configured(
        _ kind: ContainerConfig.Range.Kind, _ facts: Facts
    ) -> UInt64? {
        guard
            let range = facts.config.idMap.first(where: {
                $0.kind == kind && $0.inside == 0 && $0.count == 65536
            }), facts.subordinate.mayBeGranted(range)
        else { return nil }
        return range.outside
    }
}
