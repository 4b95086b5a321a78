internal import Linux

/// Whether all files that belong to the user's configuration were read.
///
/// They are read with the rights of the user, for a limited time and up to a limited size: see
/// berth(1).
enum UserFilesRead: Check {
    static let name = "user-files"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        let shown = 8
        var findings = config.unread.prefix(shown).map {
            $0.isFault
                ? fault($0, facts) : .unknown($0.path.quoted, "it was not read: \($0.reason)")
        }
        let rest = config.unread.count - shown
        if rest > 0 {
            findings.append(
                .unknown(
                    config.path.quoted,
                    "at least \(counted(rest, "more included file")) "
                        + (rest == 1 ? "was not read" : "were not read")))
        }
        if config.isCut {
            findings.append(
                .unknown(
                    config.path.quoted,
                    "it has more than \(ContainerConfig.maxEntries) ID ranges, NICs, mounts or "
                        + "other entries of one kind; only the first "
                        + "\(ContainerConfig.maxEntries) of each are checked"))
        }
        return findings
    }

    /// What doctor cannot read as the user, lxc-start cannot read, either.
    private static func fault(_ file: ContainerConfig.Unread, _ facts: Facts) -> Finding {
        if let directory = facts.searchPermission.closedDirectory(to: facts.target),
            file.reason == Errno.EACCES.description
        {
            return .problem(
                file.path.quoted,
                "lxc-start cannot read it as \(facts.target.name), who has no search permission on "
                    + directory.quoted,
                .advice(
                    "grant it as the check search-permission advises, or move the containers to a "
                        + "directory that \(facts.target.name) may search"))
        }
        return .problem(
            file.path.quoted,
            "lxc-start cannot read it as \(facts.target.name): \(file.reason)",
            .advice(
                "run ls -l to find out who owns it and whether its mode excludes "
                    + "\(facts.target.name); then let \(facts.target.name) read it, or, as root, "
                    + "make \(facts.target.name) its owner with chown -h"))
    }
}
