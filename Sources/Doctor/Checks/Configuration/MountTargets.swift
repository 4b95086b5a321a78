internal import Linux

// Whether the mount point of an entry exists, and is of the kind of the source.
extension Mounts {
    static func target(_ mount: MountFacts, _ facts: Facts) -> [Finding] {
        guard case .found(let result) = mount.target, !mount.entry.target.isEmpty else { return [] }
        if result.hasLinks { return [link(result, mount)] }
        let entry = mount.entry
        let source = entry.isBind ? mount.sources.first?.file : nil
        switch result.found {
        case .hidden, .unread: return []
        case .missing:
            if entry.createsDirectory || entry.createsFile {
                return created(mount, source, facts)
            }
            let isFile = source.map { !$0.isDirectory } ?? false
            return [
                .problem(
                    entry.place.text,
                    "the mount point \(entry.target.quoted) does not exist in the container",
                    addOption(isFile ? "create=file" : "create=dir", to: mount, facts))
            ]
        case .file(let file, _):
            let needsDirectory = source?.isDirectory ?? !entry.isBind
            guard source != nil || !entry.isBind, file.isDirectory != needsDirectory else {
                return []
            }
            return [
                .problem(
                    entry.place.text,
                    "the source is \(kind(needsDirectory)), but the mount point "
                        + "\(entry.target.quoted) is \(kind(file.isDirectory))",
                    .advice("name a mount point of the same kind"))
            ]
        }
    }

    private static func kind(_ isDirectory: Bool) -> String {
        isDirectory ? "a directory" : "a file"
    }

    /// LXC creates the mount point.
    private static func created(
        _ mount: MountFacts, _ source: FileAttributes?, _ facts: Facts
    ) -> [Finding] {
        let needsDirectory = source?.isDirectory ?? !mount.entry.isBind
        guard source != nil || !mount.entry.isBind,
            mount.entry.createsDirectory != needsDirectory
        else { return [] }
        let right = needsDirectory ? "create=dir" : "create=file"
        return [
            .problem(
                mount.entry.place.text,
                "the source is \(kind(needsDirectory)), for which LXC must create the mount point "
                    + "with \(right)",
                facts.edit(
                    mount.entry.place, "s/create=(dir|file)/\(right)/", else: "write \(right)"))
        ]
    }

    private static func link(_ result: RootFileSystem.Result, _ mount: MountFacts) -> Finding {
        .problem(
            mount.entry.place.text,
            "a part of the mount point \(mount.entry.target.quoted) is a symbolic link in the "
                + "container, which LXC does not follow",
            .advice(
                "write \(UntrustedText(result.path.bytes.drop { $0 == 0x2f }).quoted), where it "
                    + "leads"))
    }
}
