internal import Linux

/// Whether the mounts of `lxc.mount.entry` and `lxc.mount.fstab` will succeed.
enum Mounts: Check {
    static let name = "mounts"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let mounts = facts.files.mounts
        let findings = mounts.flatMap { finding($0, facts) }
        guard findings.isEmpty, !mounts.isEmpty else { return findings.bounded(facts) }
        return [
            .ok(facts.config.path.quoted, "all entries of lxc.mount.entry can be mounted")
        ]
    }

    private static func finding(_ mount: MountFacts, _ facts: Facts) -> [Finding] {
        let entry = mount.entry
        if mount.target == .outside {
            return [
                .warning(
                    entry.place.text,
                    "LXC ignores the entry, because its mount point \(entry.target.quoted) begins "
                        + "with a slash: it must be relative to the root file system",
                    facts.edit(
                        entry.place, field(2) + #"\/+/\1/"#, else: "remove the slash"))
            ]
        }
        guard entry.hasNumber else {
            return [
                .problem(
                    entry.place.text,
                    "the entry has too many fields: its fifth is not a number",
                    .advice(
                        #"write \040 in place of a blank in a path, and commas without blanks "#
                            + "between options"))
            ]
        }
        // LXC goes on without an optional mount.
        guard !entry.isOptional else { return [] }
        return [form(mount, facts)].compactMap { $0 } + source(mount, facts) + target(mount, facts)
    }

    /// The part of a sed command that matches the fields before this one.
    private static func field(_ number: Int) -> String {
        // A line of lxc.mount.entry begins with its key.
        #"s/^(([^=]*lxc\.mount\.entry[^=]*=)?[[:blank:]]*"?([^[:blank:]]+[[:blank:]]+){"#
            + "\(number - 1)})"
    }

    /// Adds an option, or replaces one.
    static func addOption(_ option: String, to mount: MountFacts, _ facts: Facts) -> Fix {
        facts.edit(
            mount.entry.place, field(4) + #"([^[:blank:]"]+)/\1\4,"# + option + "/",
            else: "add the option \(option)")
    }

    /// A fault of the entry itself.
    private static func form(_ mount: MountFacts, _ facts: Facts) -> Finding? {
        let entry = mount.entry
        let place = entry.place.text
        let needed = "SOURCE TARGET TYPE OPTIONS, such as /srv/data srv/data none bind,create=dir"
        guard !entry.target.isEmpty, !entry.type.isEmpty, !entry.options.isEmpty else {
            return .problem(
                place, "the entry lacks some of its fields", .advice("write \(needed)"))
        }
        if !entry.isBind, entry.source.hasPrefix("/"),
            ["none", "bind", "rbind"].contains(where: { entry.type == $0 })
        {
            return .problem(
                place, "the entry has no file system type, and its options do not have bind",
                entry.type == "none"
                    ? addOption("bind", to: mount, facts) : .advice("write \(needed)"))
        }
        if entry.isBind, !entry.source.hasPrefix("/"), !entry.has("relative") {
            return .problem(
                place, "the source \(entry.source.quoted) is not an absolute path",
                .advice("write an absolute path"))
        }
        if entry.target.bytes.split(separator: 0x2f).contains([0x2e, 0x2e]) {
            return .problem(
                place, "the mount point \(entry.target.quoted) leads out of the root file system",
                .advice("write a path below the root file system, without .."))
        }
        if entry.type == "tmpfs", let option = entry.options.first(where: { $0.isUnknownOfTmpfs }) {
            return .problem(
                place, "tmpfs has no option \(option.quoted), so the kernel refuses the mount",
                .advice("correct the option: see tmpfs(5)"))
        }
        guard !facts.target.isRoot else { return nil }
        if entry.options.contains(where: { $0.hasPrefix("idmap=") }) {
            return .problem(
                place,
                "only root can mount with idmap=, which needs privileges over the file "
                    + "system",
                facts.edit(entry.place, "s/,idmap=[^,[:blank:]]*//", else: "remove idmap="))
        }
        guard !entry.isBind, let type = userTypes(entry.type) else { return nil }
        return .problem(
            place, "only root can mount a file system of type \(type)",
            .advice(
                "as root, mount it on the host, and write an entry with the options "
                    + "rbind,create=dir for the directory"))
    }

    /// - Returns: the type, unless the kernel mounts it in user namespaces (FS_USERNS_MOUNT).
    private static func userTypes(_ type: UntrustedText) -> String? {
        let allowed = [
            "proc", "sysfs", "tmpfs", "ramfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay",
            "overlayfs", "binder", "binfmt_misc", "bpf", "none",
        ]
        let isAllowed = allowed.contains { type == $0 } || type.hasPrefix("fuse")
        return isAllowed ? nil : type.quoted
    }

    // MARK: Sources

    private static func source(_ mount: MountFacts, _ facts: Facts) -> [Finding] {
        let missing = mount.sources.filter { $0.status == .missing }
            .compactMap { self.missing($0, mount, facts) }
        guard missing.isEmpty else { return missing }
        for source in mount.sources where source.status != .missing {
            if let finding = closed(source, mount, facts) { return [finding] }
        }
        guard mount.entry.isBind, let source = mount.sources.first, let file = source.file else {
            return overlay(mount, facts)
        }
        return [submounts(source, mount, facts), device(source, file, mount, facts)]
            .compactMap { $0 }
    }

    private static func missing(
        _ source: PathFacts, _ mount: MountFacts, _ facts: Facts
    ) -> Finding? {
        let entry = mount.entry
        // The container's root creates the upper layers of an overlay, if it can.
        let isLower =
            entry.value("lowerdir")?.bytes.split(separator: 0x3a).contains {
                $0.elementsEqual(source.path.bytes)
            } ?? false
        if entry.isOverlay, !isLower, let parent = source.directories.last?.file {
            guard let root = facts.containerRoot, !parent.permits(root.user, [root.group], .write)
            else { return nil }
        }
        let isOwn = source.path.bytes.starts(with: facts.target.home.bytes + [0x2f])
        if isOwn, !entry.createsFile, let word = source.path.shellWord {
            return .problem(
                entry.place.text, "the directory \(source.path.quoted) does not exist",
                .command("mkdir -p \(word)", by: facts.target.isRoot ? .root : .user))
        }
        return .problem(
            entry.place.text, "the source \(source.path.quoted) does not exist",
            .advice("create it, or let LXC start the container without the mount:"),
            addOption("optional", to: mount, facts))
    }

    /// The container's root mounts it, and so must reach it.
    private static func closed(
        _ source: PathFacts, _ mount: MountFacts, _ facts: Facts
    ) -> Finding? {
        guard !facts.target.isRoot, let root = facts.containerRoot,
            let directory = source.closedDirectory(to: root.user, [root.group])
        else { return nil }
        return .problem(
            mount.entry.place.text,
            "the container's root, user \(root.user.number) on the host, has no search permission "
                + "on \(directory.path.quoted), and cannot mount \(source.path.quoted)",
            facts.grant("x", on: directory.path, directory.file))
    }

    private static func submounts(
        _ source: PathFacts, _ mount: MountFacts, _ facts: Facts
    ) -> Finding? {
        guard !facts.target.isRoot, !mount.entry.isRecursive,
            let below = facts.mounts.first(below: source.path)
        else { return nil }
        return .problem(
            mount.entry.place.text,
            "another file system is mounted at \(below.point.quoted), below the source, and the "
                + "kernel lets users mount such a tree only as a whole, with rbind",
            facts.edit(
                mount.entry.place, field(4) + #"([^[:blank:]]*,)?bind\b/\1\4rbind/"#,
                else: "write rbind for bind"))
    }

    private static func device(
        _ source: PathFacts, _ file: FileAttributes, _ mount: MountFacts, _ facts: Facts
    ) -> Finding? {
        guard file.isDevice else { return nil }
        let place = mount.entry.place.text
        if file.isOnNodev {
            return .problem(
                place,
                "\(source.path.quoted) is on a file system that is mounted nodev, so the "
                    + "device cannot be opened",
                .advice("name the device in /dev"))
        }
        guard !facts.target.isRoot, let root = facts.containerRoot,
            !file.permits(root.user, [root.group], .read)
        else { return nil }
        return .warning(
            place,
            "the container's root, user \(root.user.number) on the host, may not open "
                + source.path.quoted,
            .advice(
                "if the container may use the device, as root, grant it with a rule of udev or "
                    + "mdev, such as setfacl -m u:\(root.user.number):rw"))
    }

    private static func overlay(_ mount: MountFacts, _ facts: Facts) -> [Finding] {
        let entry = mount.entry
        guard entry.isOverlay else { return [] }
        let missing = ["lowerdir", "upperdir", "workdir"].filter { entry.value($0) == nil }
        guard missing.contains("lowerdir") || missing == ["workdir"] || missing == ["upperdir"]
        else { return [] }
        return [
            .problem(
                entry.place.text, "the overlay has no \(listed(missing))",
                .advice("add \(listed(missing.map { "\($0)=PATH" })) to the options"))
        ]
    }
}
