internal import Linux

/// Whether the container's root gets to its files: he is nobody whom the host knows, and needs
/// search permission all the way.
enum SearchPermission: Check {
    static let name = "search-permission"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let user = facts.config.root(.users), let group = facts.config.root(.groups) else {
            return []
        }
        var findings: [Finding] = []
        for step in facts.way.steps {
            guard let file = step.file else {
                return findings + [.unknown(step.path, "only root and its owner see so far")]
            }
            if let finding = own(step, file, facts) { findings.append(finding) }
            guard !file.lets(UserID(user), [GroupID(group)], .search) else { continue }
            findings.append(
                .problem(
                    step.path,
                    "the container's root, \(user) on this host, may not search this directory, and "
                        + "does not reach his files",
                    fix(
                        step,
                        facts.installation.hasSetfacl ? "setfacl -m u:\(user):x" : "chmod o+x",
                        by: file.owner == facts.subject.user ? .user : .root, facts)))
        }
        guard findings.isEmpty, let last = facts.way.steps.last else { return findings }
        return [.ok(last.path, "the container's root, \(user) on this host, gets there")]
    }

    /// The user himself has to get there first: a container's directory is its root's.
    private static func own(
        _ step: SearchPermissionFacts.Step, _ file: FileAttributes, _ facts: Facts
    ) -> Finding? {
        let subject = facts.subject
        guard !subject.isRoot, !file.lets(subject.user, subject.groups, .search) else { return nil }
        let who = subject.groups.contains(file.group) ? "g" : "o"
        return .problem(
            step.path, "\(subject.name) may not search this directory",
            fix(step, "chmod \(who)+x", by: .root, facts))
    }

    /// Where the containers are the user says in a file of his own: root is not told to open what does
    /// not lie on the way to the user's home. Nor what lies in it: there the user makes links, and can make
    /// another one before root types.
    private static func fix(
        _ step: SearchPermissionFacts.Step, _ command: String, by actor: Fix.Actor, _ facts: Facts
    ) -> Fix {
        let home = facts.subject.home + "/"
        let isOnTheWay = step.path == "/" || home.hasPrefix(step.path + "/")
        if !isOnTheWay, let file = step.file, let group = facts.config.root(.groups),
            facts.config.mapsUser(file.owner)
        {
            // His containers' own, whose root he is where these two numbers stand for root's. A list that
            // names one of their users would name another there.
            let change = command.hasPrefix("chmod") ? command : "chmod o+x"
            return .command(
                "lxc-usernsexec -m u:0:\(file.owner.number):1 -m g:0:\(group):1 -- "
                    + "\(change) \(quoted(step.path))", by: .user)
        }
        guard isOnTheWay || actor == .user else {
            return .advice(
                "keep the containers in \(facts.subject.home), or let them pass here if they are meant to "
                    + "be where \(facts.config.place) and lxc.lxcpath say")
        }
        return .command("\(command) \(quoted(step.path))", by: actor)
    }
}
