internal import Linux

/// Whether the container's map of numbers is one that newuidmap and newgidmap would write.
enum IDMap: Check {
    static let name = "id-map"

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        guard config.isReadable else {
            return [.unknown(config.place, "it cannot be read")]
        }
        guard config.exists || facts.subject.container == nil else {
            return [
                .problem(
                    config.place, "there is no such container",
                    .advice("see lxc-ls for the names of \(facts.subject.name)'s containers"))
            ]
        }
        if let missing = config.missing.first {
            return [
                .problem(
                    config.place, "it includes \(printable(missing.utf8)), which is not there",
                    .advice(
                        "take the line lxc.include out, or install the package that brings the file"
                    ))
            ]
        }
        guard !config.map.isEmpty else { return [noMap(facts)] }
        guard config.root(.users) != nil, config.root(.groups) != nil else {
            return [
                .problem(
                    config.place,
                    "lxc.idmap maps no user and group 0, so the container has no root",
                    .advice("begin its ranges with \"u 0\" and \"g 0\""))
            ]
        }
        guard !facts.subordinate.isElsewhere else {
            return [.unknown(config.place, "its numbers are not in /etc/subuid and /etc/subgid")]
        }
        let faults = config.map.compactMap { fault(of: $0, facts) }
        guard faults.isEmpty else { return faults }
        return [.ok(config.place, "lxc.idmap stays within /etc/subuid and /etc/subgid")]
    }

    private static func fault(of range: ContainerConfig.Range, _ facts: Facts) -> Finding? {
        let file = SubordinateFacts.file(range.kind)
        // Everybody may map himself.
        if range.kind == .users, range.count == 1,
            range.outside == UInt64(facts.subject.user.number)
        {
            return nil
        }
        if range.kind == .groups, range.count == 1,
            range.outside == UInt64(facts.subject.account.group.number)
        {
            return nil
        }
        let own = facts.subordinate.ranges(range.kind, of: facts.subject)
        // Without a line at all there is one thing to say, and it has been said.
        guard let first = own.first, !isCovered(range, by: own) else { return nil }
        let words =
            "lxc.idmap = \(range.kind.rawValue) \(range.inside) \(range.outside) \(range.count)"
        let isFree =
            range.outside >= 65536
            && !facts.subordinate.ranges(range.kind).contains {
                $0.overlaps(range.outside, range.count)
            }
        return .problem(
            facts.config.place,
            "\"\(words)\" goes beyond what \(file) gives \(facts.subject.name)",
            isFree
                ? .line(
                    "\(facts.subject.name):\(range.outside):\(range.count)", to: file, by: .root)
                : .advice(
                    "write \"lxc.idmap = \(range.kind.rawValue) \(range.inside) \(first.start) "
                        + "\(min(first.count, range.count))\" there, or add a range to \(file)"))
    }

    private static func isCovered(
        _ range: ContainerConfig.Range, by own: [SubordinateFacts.Range]
    ) -> Bool {
        own.contains {
            $0.start <= range.outside && range.outside + range.count <= $0.end
        }
    }

    private static func noMap(_ facts: Facts) -> Finding {
        let config = facts.config
        func lines(to file: String) -> [Fix] {
            [ContainerConfig.Range.Kind.users, .groups].map { kind in
                let own = facts.subordinate.ranges(kind, of: facts.subject).max {
                    $0.count < $1.count
                }
                let start = own?.start ?? facts.subordinate.free
                return .line(
                    "lxc.idmap = \(kind.rawValue) 0 \(start) \(own?.count ?? 65536)", to: file,
                    by: .user)
            }
        }
        let sentence = "it has no lxc.idmap, without which only root can start a container"
        guard facts.subject.container == nil, config.place != config.ownDefaults else {
            return Finding(.problem, config.place, sentence, lines(to: config.place))
        }
        // The user's own file stands in for the host's one, and so begins with it.
        let directory = String(config.ownDefaults.dropLast("/default.conf".count))
        var fixes: [Fix] = [.command("mkdir -p \(quoted(directory))", by: .user)]
        if config.exists {
            fixes.append(
                .line("lxc.include = \(config.place)", to: config.ownDefaults, by: .user))
        }
        return Finding(.problem, config.place, sentence, fixes + lines(to: config.ownDefaults))
    }
}
