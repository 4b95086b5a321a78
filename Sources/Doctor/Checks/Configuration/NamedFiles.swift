internal import Linux

/// Whether lxc-start can read the seccomp profile and the fstab, and write the logs, that the
/// configuration names.
enum NamedFiles: Check {
    static let name = "config-files"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.files.named.compactMap { finding($0, facts) }
        guard findings.isEmpty, let first = facts.files.named.first else { return findings }
        return [.ok(first.setting.place.text, "the files that the configuration names are usable")]
    }

    private static func finding(_ file: NamedFileFacts, _ facts: Facts) -> Finding? {
        switch file.purpose {
        case .log, .console: return log(file, facts)
        case .terminal: return terminal(file, facts)
        case .seccomp, .fstab: break
        }
        let place = file.setting.place.text
        let what = file.purpose == .seccomp ? "the seccomp profile" : "the table of mounts"
        let name = "\(what) \(file.path.path.quoted)"
        switch file.path.status {
        case .unread: return closed(file, name, facts)
        case .missing:
            return .problem(
                place, "\(name) does not exist",
                .advice(
                    "correct the path, or install the file; otherwise comment the line out:"
                ),
                facts.disable(file.setting.place))
        case .found(let attributes):
            let target = facts.target
            guard target.isRoot || attributes.permits(target.user, target.groups, .read) else {
                return .problem(
                    place, "\(target.name) may not read \(name)",
                    attributes.owner == target.user && file.path.path.shellWord != nil
                        ? .command("chmod u+r \(file.path.path.shellWord ?? "")", by: .user)
                        : .advice("as its owner, let \(target.name) read it"))
            }
            return profile(file, facts)
        }
    }

    private static func closed(
        _ file: NamedFileFacts, _ name: String, _ facts: Facts
    ) -> Finding? {
        let target = facts.target
        guard let directory = file.path.closedDirectory(to: target.user, target.groups) else {
            return nil
        }
        return .problem(
            file.setting.place.text,
            "\(target.name) may not search \(directory.path.quoted), and cannot read \(name)",
            .advice(
                "name a file that \(target.name) may read; otherwise comment the line out:"),
            facts.disable(file.setting.place))
    }

    /// A profile begins with its version, and in version 2 with the kind of its list.
    private static func profile(_ file: NamedFileFacts, _ facts: Facts) -> Finding? {
        guard let head = file.head else { return nil }
        func word(_ index: Int) -> String {
            guard index < head.count else { return "" }
            return words(of: head[index].bytes[...]).first.map {
                String(decoding: $0, as: UTF8.self)
            } ?? ""
        }
        let place = file.path.path.quoted
        guard ["1", "2"].contains(word(0)) else {
            return .problem(
                "\(place):1", "a seccomp profile begins with its version, 1 or 2",
                .advice("correct the first line; otherwise comment the setting out:"),
                facts.disable(file.setting.place))
        }
        let kinds = ["allowlist", "denylist", "whitelist", "blacklist"]
        guard word(0) == "2", !kinds.contains(where: { word(1).hasPrefix($0) }) else {
            return file.profile.flatMap { rules($0, place, file, facts) }
        }
        return .problem(
            "\(place):2", "the second line of a seccomp profile must be allowlist or denylist",
            .advice("correct the line; otherwise comment the setting out:"),
            facts.disable(file.setting.place))
    }

    private static func rules(
        _ profile: SeccompProfile, _ place: String, _ file: NamedFileFacts, _ facts: Facts
    ) -> Finding? {
        let fixes = { (advice: String) -> [Fix] in
            [
                .advice("\(advice); otherwise comment the setting out:"),
                facts.disable(file.setting.place),
            ]
        }
        if let fault = profile.fault {
            return Finding(
                .problem, "\(place):\(fault.line)",
                "LXC rejects this line of the seccomp profile: \(fault.reason)",
                fixes("correct the line"))
        }
        guard !profile.missing.isEmpty else {
            guard !profile.missingOfNetwork.isEmpty else { return nil }
            return Finding(
                .problem, place,
                "the seccomp profile does not allow \(listed(profile.missingOfNetwork)), without "
                    + "which the container's DHCP client and servers do not work",
                fixes("allow these calls"))
        }
        return Finding(
            .problem, place,
            "the seccomp profile does not allow \(listed(profile.missing)), which every program "
                + "needs, so the container's init cannot run", fixes("allow these calls"))
    }

    /// LXC opens it for reading and writing.
    private static func terminal(_ file: NamedFileFacts, _ facts: Facts) -> Finding? {
        let target = facts.target
        let fault: String
        switch file.path.status {
        case .missing: fault = "does not exist"
        case .unread:
            guard let directory = file.path.closedDirectory(to: target.user, target.groups) else {
                return nil
            }
            fault = "is in \(directory.path.quoted), which \(target.name) may not search"
        case .found(let attributes):
            guard !target.isRoot,
                !attributes.permits(target.user, target.groups, .read)
                    || !attributes.permits(target.user, target.groups, .write)
            else { return nil }
            fault = "may not be read and written by \(target.name)"
        }
        return .problem(
            file.setting.place.text,
            "the console \(file.path.path.quoted) \(fault), so lxc-start fails",
            .advice("name a terminal of \(target.name), or remove the setting:"),
            facts.disable(file.setting.place))
    }

    private static func log(_ file: NamedFileFacts, _ facts: Facts) -> Finding? {
        let target = facts.target
        guard !target.isRoot else { return nil }
        let place = file.setting.place.text
        let name = file.path.path.quoted
        // LXC creates the file, and the directories that lead to it.
        guard let fault = file.path.writeObstacle(for: target) else { return nil }
        return .problem(
            place, "the log \(name) \(fault), so lxc-start fails",
            .advice("name a file in \(target.home.quoted), or comment the line out:"),
            facts.disable(file.setting.place))
    }
}
