internal import Linux

/// Whether the container's root can reach the root file system.
///
/// On the host, the container's root is a user ID without an account. It needs search permission
/// (the execute bit, `x`) on each directory of the path.
enum SearchPermission: Check {
    static let name = "search-permission"

    static func findings(_ facts: Facts) -> [Finding] {
        let root = facts.config.root(.users).flatMap { user in
            facts.config.root(.groups).map { (user: user, group: $0) }
        }
        // If the configuration cannot be read, the reason may be a directory above it without
        // search permission.
        guard root != nil || !facts.config.isReadable else { return [] }
        var findings: [Finding] = []
        for step in facts.searchPermission.steps {
            guard let file = step.file else {
                let why = step.reason.map { ": \($0)" } ?? ""
                return findings + [
                    .unknown(step.path.quoted, "it could not be examined\(why)")
                ]
            }
            // The container's root mounts the root file system itself.
            if !isRootFileSystem(step, facts), let finding = ofUser(step, file, facts) {
                findings.append(finding)
            }
            guard let (user, group) = root,
                !file.permits(UserID(user), [GroupID(group)], .search)
            else { continue }
            findings.append(
                .problem(
                    step.path.quoted,
                    "the container's root, user \(user) on the host, has no search permission on "
                        + "this directory, and cannot reach the root file system",
                    fix(
                        step,
                        facts.installation.hasSetfacl ? "setfacl -m u:\(user):x" : "chmod o+x",
                        by: file.owner == facts.target.user ? .user : .root, facts)))
        }
        guard findings.isEmpty, let user = root?.user,
            let last = facts.searchPermission.steps.last
        else { return findings }
        return [
            .ok(last.path.quoted, "the container's root, user \(user) on the host, can reach it")
        ]
    }

    private static func isRootFileSystem(
        _ step: SearchPermissionFacts.Step, _ facts: Facts
    ) -> Bool {
        facts.config.rootfs?.paths.contains { $0 == step.path } ?? false
    }

    /// The user needs search permission, too: a container's directory may belong to its root.
    private static func ofUser(
        _ step: SearchPermissionFacts.Step, _ file: FileAttributes, _ facts: Facts
    ) -> Finding? {
        let target = facts.target
        guard !target.isRoot, !file.permits(target.user, target.groups, .search) else { return nil }
        let permission = target.groups.contains(file.group) ? "g" : "o"
        return .problem(
            step.path.quoted, "\(target.name) has no search permission on this directory",
            fix(step, "chmod \(permission)+x", by: .root, facts))
    }

    /// A command that grants search permission. Root is told to change only directories on the path
    /// to the user's home, never inside it: the user's own file names the path, and the user could
    /// replace a directory with a link before root runs the command.
    private static func fix(
        _ step: SearchPermissionFacts.Step, _ command: String, by actor: Fix.Actor, _ facts: Facts
    ) -> Fix {
        guard let path = step.path.shellWord else {
            return .advice(
                "grant search permission on this directory, or keep the containers in a directory "
                    + "whose path has no blanks or special characters")
        }
        let leadsHome =
            step.path == "/" || facts.target.home.appending("/").hasPrefix(path + "/")
        let subordinate = facts.subordinate
        if !leadsHome, let file = step.file,
            let group = subordinate.ranges(.groups, of: facts.target).first?.start,
            subordinate.ranges(.users, of: facts.target).contains(where: {
                $0.overlaps(UInt64(file.owner.number), 1)
            })
        {
            // The directory belongs to a user of the container. The container's owner may change it
            // in a user namespace in which that user is root. An ACL would name the wrong user
            // there.
            let change = command.hasPrefix("chmod") ? command : "chmod o+x"
            return .command(
                "lxc-usernsexec -m u:0:\(file.owner.number):1 -m g:0:\(group):1 -- "
                    + "\(change) \(path)", by: .user)
        }
        guard leadsHome || actor == .user else {
            return .advice(
                "keep the containers in \(facts.target.home.quoted), or grant search permission "
                    + "here if \(facts.config.path.quoted) and lxc.lxcpath name this directory on "
                    + "purpose")
        }
        return .command("\(command) \(path)", by: actor)
    }
}
