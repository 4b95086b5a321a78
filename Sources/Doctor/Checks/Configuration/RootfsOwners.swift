internal import Linux

/// Whether important files of the root file system belong to users of the container. Files that
/// root creates do not, for example with an editor that sudo starts.
enum RootfsOwners: Check {
    static let name = "rootfs-owners"

    static func findings(_ facts: Facts) -> [Finding] {
        let samples = facts.files.rootfs.samples
        guard let root = facts.containerRoot,
            // Otherwise, the check "rootfs" reports all of its files.
            facts.files.rootfs.paths.last?.file.map({
                facts.config.maps(.users, $0.owner.number)
            }) ?? false
        else { return [] }
        let findings = samples.compactMap { finding($0, root, facts) }
        guard findings.isEmpty, let first = samples.first else { return findings.bounded(facts) }
        return [.ok(first.path.quoted, "important files belong to users of the container")]
    }

    private static func finding(
        _ sample: PathFacts.Directory, _ root: (user: UserID, group: GroupID), _ facts: Facts
    ) -> Finding? {
        let file = sample.file
        guard !facts.config.maps(.users, file.owner.number) else { return nil }
        let message =
            "it belongs to user \(file.owner.number), whom lxc.idmap does not map, so the "
            + "container's root may not "
        let fix = Fix.advice(
            "as root, give it to the container's root, user \(root.user.number), or to the user of "
                + "the container to whom it belonged, with chown -h")
        let isUsable =
            file.permits(root.user, [root.group], .read)
            && (file.mode & 0o111 == 0 || file.permits(root.user, [root.group], .search))
        return isUsable
            ? .warning(sample.path.quoted, message + "change it", fix)
            : .problem(sample.path.quoted, message + "use it", fix)
    }
}
