internal import Linux

/// Whether the container's ID map is one that newuidmap and newgidmap accept and write to the
/// uid_map and gid_map of its user namespace.
enum IDMap: Check {
    static let name = "id-map"

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        let place = config.path.quoted
        guard config.isReadable else { return [.unknown(place, "it cannot be read")] }
        guard config.exists || facts.target.container == nil else {
            return [missing(facts)]
        }
        if let missing = config.missing.first {
            return [
                .problem(
                    place, "it includes \(missing.quoted), which does not exist",
                    .advice(
                        "remove the lxc.include line, or install the package that contains the file"
                    ))
            ]
        }
        guard !config.idMap.isEmpty else { return [noMap(facts)] }
        guard config.root(.users) != nil, config.root(.groups) != nil else {
            return [
                .problem(
                    place,
                    "lxc.idmap does not map user and group 0, so the container has no root",
                    .advice("write lxc.idmap = u 0 START COUNT, and lxc.idmap = g 0 START COUNT"))
            ]
        }
        let clashes = IDMapClashes.findings(facts)
        guard clashes.isEmpty else { return clashes }
        let missingIDs = config.idMap.compactMap { absent($0, facts) }
        guard missingIDs.isEmpty else { return missingIDs }
        guard !facts.subordinate.isElsewhere else {
            return [
                .unknown(place, "subordinate IDs are not in /etc/subuid and /etc/subgid")
            ]
        }
        let faults = config.idMap.compactMap { fault(of: $0, facts) }
        guard faults.isEmpty else { return faults }
        return [.ok(place, "lxc.idmap maps only IDs that the user may map")]
    }

    /// A host that is itself a container has only the IDs that its own map gives it.
    private static func absent(_ range: ContainerConfig.Range, _ facts: Facts) -> Finding? {
        let isOfUsers = range.kind == .users
        let ids = isOfUsers ? facts.namespaces.users : facts.namespaces.groups
        guard
            let id = SessionNamespaces.firstMissing(range.outside, range.count, in: ids)
        else { return nil }
        return .problem(
            range.place?.text ?? facts.config.path.quoted,
            "the \(isOfUsers ? "user" : "group") ID \(id) does not exist on this host, which is in "
                + "a user namespace with fewer IDs (/proc/self/\(isOfUsers ? "uid" : "gid")_map)",
            .advice(
                "map more IDs in the configuration of the container that is this host; or give "
                    + "the user lower IDs in \(SubuidFacts.file(range.kind)), and here"))
    }

    private static func missing(_ facts: Facts) -> Finding {
        let config = facts.config
        if let target = config.danglingLink {
            return .problem(
                config.path.quoted,
                "it is a symbolic link to \(target.quoted), which does not exist",
                .advice("restore that file, or replace the link with a file"))
        }
        if let target = config.danglingDirectory {
            return .problem(
                config.directory.quoted,
                "the directory of the containers is a symbolic link to \(target.quoted), which "
                    + "does not exist",
                .advice("mount the file system that has the directory, or correct the link"))
        }
        if let finding = MissingContainer.finding(facts) { return finding }
        guard let place = config.directoryPlace else {
            return .problem(
                config.path.quoted, "the container does not exist",
                .advice("run lxc-ls to list the containers of \(facts.target.name)"))
        }
        return .problem(
            place.text,
            "lxc.lxcpath sets the container directory to \(config.directory.quoted), and "
                + "\((facts.target.container ?? "").quoted) does not exist there",
            .advice("if the containers are not kept there, use the standard directory again:"),
            facts.disable(place))
    }

    private static func fault(of range: ContainerConfig.Range, _ facts: Facts) -> Finding? {
        let file = SubuidFacts.file(range.kind)
        let account = facts.target.account
        // Users may always map their own user and group ID.
        let ownID = range.kind == .users ? account.user.number : account.group.number
        if range.count == 1, range.outside == UInt64(ownID) { return nil }
        let own = facts.subordinate.ranges(range.kind, of: facts.target)
        // SubuidRanges reports a user without any range.
        guard let first = own.first, !isCovered(range, by: own) else { return nil }
        let key = "lxc.idmap = \(range.kind.rawValue) \(range.inside)"
        let isFree = facts.subordinate.mayBeGranted(range)
        return .problem(
            facts.config.path.quoted,
            "\"\(key) \(range.outside) \(range.count)\" exceeds what \(file) gives "
                + facts.target.name,
            isFree
                ? .line(
                    "\(facts.target.name):\(range.outside):\(range.count)", to: file, by: .root)
                : .advice(
                    "write \"\(key) \(first.start) \(min(first.count, range.count))\" instead, or "
                        + "add a range to \(file)"))
    }

    private static func isCovered(
        _ range: ContainerConfig.Range, by own: [SubuidRange]
    ) -> Bool {
        own.contains {
            $0.start <= range.outside && range.outside + range.count <= $0.end
        }
    }

    private static func noMap(_ facts: Facts) -> Finding {
        let config = facts.config
        func lines(to file: UntrustedText) -> [Fix] {
            [ContainerConfig.Range.Kind.users, .groups].map { kind in
                let own = facts.subordinate.ranges(kind, of: facts.target).max {
                    $0.count < $1.count
                }
                let start = own?.start ?? facts.subordinate.free
                return .line(
                    "lxc.idmap = \(kind.rawValue) 0 \(start) \(own?.count ?? 65536)", in: file,
                    by: .user)
            }
        }
        let message = "it has no lxc.idmap, so only root can start the container"
        guard facts.target.container == nil, config.path != config.userDefaults else {
            return Finding(.problem, config.path.quoted, message, lines(to: config.path))
        }
        // The user's default.conf replaces the host's, so it has to include it.
        let directory = UntrustedText(config.userDefaults.bytes.dropLast("/default.conf".count))
        var fixes: [Fix] = [
            directory.shellWord.map { .command("mkdir -p \($0)", by: .user) }
                ?? .advice("create the directory \(directory.quoted)")
        ]
        if config.exists, let path = config.path.shellWord {
            fixes.append(.line("lxc.include = \(path)", in: config.userDefaults, by: .user))
        }
        return Finding(
            .problem, config.path.quoted, message, fixes + lines(to: config.userDefaults))
    }
}
