internal import Linux

/// Whether the root file system exists, can be mounted by this user, and belongs to the container.
enum Rootfs: Check {
    static let name = "rootfs"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let config = facts.config
        guard facts.target.container != nil, config.exists, config.isReadable, !config.hasStopped
        else { return [] }
        guard let setting = config.setting("lxc.rootfs.path"), let source = config.rootfs else {
            return facts.target.isRoot
                ? []
                : [
                    .problem(
                        config.path.quoted,
                        "lxc.rootfs.path is not set, so the container would use the root file "
                            + "system of the host, which only root may do",
                        standard(facts))
                ]
        }
        let findings =
            partial(facts) + link(source, setting, facts) + mountPoint(facts)
            + RootfsOptions.findings(facts)
            + findings(source, setting, facts)
        return findings.isEmpty
            ? [.ok(setting.place.text, "\(setting.value.quoted) can be mounted")] : findings
    }

    private static func standard(_ facts: Facts) -> Fix {
        let container = facts.target.container ?? ""
        let path = facts.config.directory.appending("/").appending(container)
            .appending("/rootfs")
        guard let word = path.shellWord else {
            return .advice("write lxc.rootfs.path = dir:PATH in \(facts.config.path.quoted)")
        }
        return facts.append(
            "lxc.rootfs.path = dir:\(word)", to: ConfigPlace(file: facts.config.path, line: 1))
    }

    /// While the file exists, LXC regards the container as incomplete.
    private static func partial(_ facts: Facts) -> [Finding] {
        guard let path = facts.files.partial else { return [] }
        return [
            Finding(
                .problem, path.quoted,
                "this file remains if lxc-create or lxc-copy is interrupted: lxc-start does not "
                    + "start the container, and can even remove it",
                [
                    .advice(
                        "wait if lxc-create or lxc-copy still runs; otherwise save the files that "
                            + "you need and create the container again; or, if it is complete:")
                ]
                    + (path.shellWord.map {
                        [.command("rm \($0)", by: facts.target.isRoot ? .root : .user)]
                    } ?? []))
        ]
    }

    /// LXC opens the directory without following a link (O_NOFOLLOW).
    private static func link(
        _ source: RootfsSource, _ setting: ConfigSetting, _ facts: Facts
    ) -> [Finding] {
        guard source.kind == .dir || source.kind == nil, let target = facts.files.rootfs.link,
            let path = facts.files.rootfs.paths.last, path.file?.isDirectory == true,
            path.path.bytes.last != 0x2f
        else { return [] }
        let message =
            "\(path.path.quoted) is a symbolic link to \(target.quoted), and LXC does not follow "
            + "a link in the last part of this path"
        guard target.hasPrefix("/"), let word = target.shellWord,
            !word.contains("&"), !word.contains("|")
        else {
            return [
                .problem(
                    setting.place.text, message,
                    .advice("write the path to which the link leads as lxc.rootfs.path"))
            ]
        }
        return [
            .problem(
                setting.place.text, message,
                facts.append("lxc.rootfs.path = dir:\(word)", to: setting.place))
        ]
    }

    private static func mountPoint(_ facts: Facts) -> [Finding] {
        if let path = facts.installation.missingRootMountPoint,
            facts.config.setting("lxc.rootfs.mount") == nil
        {
            return [
                .problem(
                    quoted(path),
                    "this directory, on which LXC mounts the root file system of a container, does "
                        + "not exist",
                    .command("mkdir -p \(quoted(path))", by: .root))
            ]
        }
        guard let setting = facts.config.setting("lxc.rootfs.mount"),
            facts.files.rootfs.mountPoint?.status == .missing
        else { return [] }
        return [
            .problem(
                setting.place.text, "the mount point \(setting.value.quoted) does not exist",
                .advice("let LXC use its own directory:"), facts.disable(setting.place))
        ]
    }

    private static func findings(
        _ source: RootfsSource, _ setting: ConfigSetting, _ facts: Facts
    ) -> [Finding] {
        let place = setting.place.text
        let isUser = !facts.target.isRoot
        if isUser, source.isBlockDevice, let kind = source.kind {
            return [
                .problem(
                    place,
                    "only root can mount a block device, which \(kind.rawValue) needs",
                    .advice(
                        "copy the files into a directory, and write lxc.rootfs.path = dir:PATH; "
                            + "or run the container as root"))
            ]
        }
        if source.isBlockDevice
            || source.kind == .zfs && source.paths.first?.hasPrefix("/") == false
        {
            return []
        }
        guard source.paths.allSatisfy({ $0.hasPrefix("/") }) else {
            let isForShell = source.paths.contains { $0.hasPrefix("~") || $0.hasPrefix("$") }
            return [
                .problem(
                    place,
                    "\(setting.value.quoted) is not an absolute path"
                        + (isForShell ? ": LXC does not replace ~ and variables" : ""),
                    .advice("write an absolute path"))
            ]
        }
        if source.isOverlay, source.paths.count < 2 {
            return [
                .problem(
                    place, "an overlay needs at least two directories: overlay:LOWER:UPPER",
                    .advice("add the directory that receives the changes, after a colon"))
            ]
        }
        let lower =
            source.isOverlay ? facts.files.rootfs.paths.dropLast() : facts.files.rootfs.paths[...]
        var findings = lower.flatMap { directory($0, place, facts) }
        if source.isOverlay, let upper = facts.files.rootfs.paths.last {
            findings += self.upper(upper, place, facts)
        }
        return findings
    }

    private static func directory(
        _ path: PathFacts, _ place: String, _ facts: Facts
    ) -> [Finding] {
        switch path.status {
        case .missing:
            return [
                .problem(
                    place, "the root file system \(path.path.quoted) does not exist",
                    .advice("correct the path, or create the container with lxc-create"))
            ]
        case .unread(let reason):
            return [.unknown(path.path.quoted, "it could not be examined: \(reason)")]
        case .found(let file):
            guard file.isDirectory else {
                return [
                    .problem(
                        place, "the root file system \(path.path.quoted) is not a directory",
                        .advice(
                            facts.target.isRoot
                                ? "for an image, write loop:PATH"
                                : "users cannot mount an image: copy its files into a directory"))
                ]
            }
            return (owner(path.path, file, facts) + mountFlags(path.path, file, facts))
        }
    }

    private static func upper(
        _ path: PathFacts, _ place: String, _ facts: Facts
    ) -> [Finding] {
        guard let root = facts.containerRoot else { return [] }
        if let file = path.file {
            return file.isDirectory
                ? owner(path.path, file, facts)
                : [
                    .problem(
                        place, "\(path.path.quoted) is not a directory",
                        .advice("name a directory for the changes of the container"))
                ]
        }
        // LXC creates it as the container's root, in the last directory that exists.
        guard path.status == .missing, let parent = path.directories.last,
            !parent.file.permits(root.user, [root.group], .write)
        else { return [] }
        let fix: Fix =
            parent.file.owner == facts.target.user && path.path.shellWord != nil
            ? .advice(
                "put it into the container's directory, as lxc-copy -s does: "
                    + "\(facts.config.directory.quoted)/NAME/overlay/delta")
            : .advice("create it for user \(root.user.number)")
        return [
            .problem(
                place,
                "the container's root, user \(root.user.number) on the host, cannot create "
                    + "\(path.path.quoted)", fix)
        ]
    }

    /// The owner of the root directory shows for which ID map the files were unpacked.
    private static func owner(
        _ path: UntrustedText, _ file: FileAttributes, _ facts: Facts
    ) -> [Finding] {
        let config = facts.config
        guard !facts.target.isRoot, let root = facts.containerRoot,
            !config.maps(.users, file.owner.number)
        else { return [] }
        let message =
            "the files belong to user \(file.owner.number), whom lxc.idmap does not map: in the "
            + "container they belong to the user nobody, and its root cannot change them"
        let user = facts.target.user.number
        let group = facts.target.account.group.number
        guard file.owner == facts.target.user, let word = path.shellWord,
            let users = facts.config.idMap.first(where: { $0.kind == .users && $0.inside == 0 }),
            let groups = facts.config.idMap.first(where: { $0.kind == .groups && $0.inside == 0 })
        else {
            return [
                .problem(
                    path.quoted, message,
                    .advice(
                        "as \(facts.target.name), create the container again; or, as root, shift "
                            + "the IDs of the files by \(root.user.number)"
                    ))
            ]
        }
        return [
            .problem(
                path.quoted, message,
                .command(
                    "lxc-usernsexec -m u:0:\(users.outside):\(users.count) "
                        + "-m u:\(users.count):\(user):1 -m g:0:\(groups.outside):\(groups.count) "
                        + "-m g:\(groups.count):\(group):1 -- chown -R 0:0 \(word)", by: .user))
        ]
    }

    private static func mountFlags(
        _ path: UntrustedText, _ file: FileAttributes, _ facts: Facts
    ) -> [Finding] {
        let mount = facts.mounts.mount(of: path)
        let place = mount?.point ?? path
        if file.isOnNoexec {
            let command = place.shellWord.map { ": mount -o remount,exec \($0)" } ?? ""
            return [
                .problem(
                    place.quoted,
                    "the file system of \(path.quoted) is mounted noexec, so no program of "
                        + "the container can run",
                    .advice(
                        "keep the container on another file system; or, as root, if noexec does "
                            + "not protect the host here, remount it without noexec\(command)"))
            ]
        }
        if file.isOnReadOnly || file.isOnFull {
            return [
                .warning(
                    place.quoted,
                    "the file system of \(path.quoted) is "
                        + (file.isOnReadOnly ? "mounted read-only" : "full")
                        + ", so programs of the container that write files fail",
                    .advice(
                        file.isOnReadOnly
                            ? "mount it read-write; see dmesg(1) if an error made it read-only"
                            : "delete files, or keep the container on another file system"))
            ]
        }
        if file.isOnNosuid, !facts.target.isRoot || facts.config.value("lxc.rootfs.path") != nil {
            return [
                .warning(
                    place.quoted,
                    "the file system of \(path.quoted) is mounted nosuid, so sudo, su and "
                        + "other setuid programs do not work in the container",
                    .advice(
                        "if the container needs them, keep its files on a file system that is "
                            + "mounted without nosuid"))
            ]
        }
        return []
    }
}
