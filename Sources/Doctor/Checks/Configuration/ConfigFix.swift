internal import Linux

// Fixes of a line of a container's configuration.
extension Facts {
    /// A command that edits one line, or the advice where the file is not the user's own: root
    /// must not edit a file that a user could replace with a link.
    /// - Parameter script: a command of sed(1), without text that a user wrote.
    func edit(_ place: ConfigPlace, _ script: String, else advice: String) -> Fix {
        guard let path = place.file.shellWord, isOwn(place.file) else {
            return .advice("in \(place.text), \(advice)")
        }
        return .command(
            "sed -i -E '\(place.line)\(script)' \(path)", by: target.isRoot ? .root : .user)
    }

    /// A line that is added at the end, where it overrides those before it.
    func append(_ line: String, to place: ConfigPlace) -> Fix {
        isOwn(place.file)
            ? .line(line, in: place.file, by: target.isRoot ? .root : .user)
            : .advice("write \(line) in \(place.file.quoted)")
    }

    /// Makes the line a comment.
    func disable(_ place: ConfigPlace) -> Fix {
        edit(place, "s/^/#/", else: "put a # before the line")
    }

    /// Replaces the value of the line.
    /// - Parameter value: has no slash, ampersand or backslash.
    func setValue(_ value: String, at place: ConfigPlace) -> Fix {
        edit(place, "s/=.*/= \(value)/", else: "write \(value) as the value")
    }

    private func isOwn(_ file: UntrustedText) -> Bool {
        guard !file.bytes.split(separator: 0x2f).contains([0x2e, 0x2e]) else { return false }
        if target.isRoot { return file.hasPrefix("/etc/lxc/") || file.hasPrefix("/var/lib/lxc/") }
        return file.bytes.starts(with: target.home.bytes + [0x2f])
            || !config.directory.isEmpty
                && file.bytes.starts(with: config.directory.bytes + [0x2f])
    }

    /// Runs a command of the user that changes files which belong to users of the container.
    ///
    /// In a user namespace in which the owner of the file is root, root may change it. No group of
    /// the container is mapped, so only commands that keep the group work.
    func inNamespace(_ command: String, of owner: UserID) -> String? {
        guard let group = subordinate.ranges(.groups, of: target).first?.start,
            subordinate.ranges(.users, of: target).contains(where: {
                $0.overlaps(UInt64(owner.number), 1)
            })
        else { return nil }
        return "lxc-usernsexec -m u:0:\(owner.number):1 -m g:0:\(group):1 -- \(command)"
    }

    /// The user and group of the host that are the container's root.
    var containerRoot: (user: UserID, group: GroupID)? {
        if target.isRoot, config.idMap.isEmpty { return (.root, .root) }
        guard let user = config.root(.users), let group = config.root(.groups) else { return nil }
        return (UserID(user), GroupID(group))
    }

    /// Grants a permission on a file to the container's root.
    func grant(
        _ permission: String, on path: UntrustedText, _ file: FileAttributes
    ) -> Fix {
        let advice = Fix.advice(
            "let user \(containerRoot?.user.number ?? 0) \(permission == "x" ? "search" : "read") "
                + "it, or move it to a directory that all users may search")
        guard let path = path.shellWord, file.owner == target.user, let root = containerRoot else {
            return advice
        }
        let actor = target.isRoot ? Fix.Actor.root : .user
        return installation.hasSetfacl
            ? .command("setfacl -m u:\(root.user.number):\(permission) \(path)", by: actor)
            : .command("chmod o+\(permission) \(path)", by: actor)
    }
}
