internal import Linux
internal import UserFiles

/// A mount of the configuration, and the files that it needs.
struct MountFacts: Equatable, Sendable {
    enum Target: Equatable, Sendable {
        case found(RootFileSystem.Result)
        /// LXC ignores the entry: the mount point is an absolute path outside the root file system.
        case outside
        /// In a file system that is mounted only when the container starts, such as /proc.
        case unknown
    }

    let entry: MountEntry
    var target = Target.unknown
    /// The source of a bind mount, or the layers of an overlay; empty if not known.
    var sources: [PathFacts] = []

    /// - Parameter root: without mount points.
    static func observe(
        _ config: ContainerConfig, of container: UntrustedText, _ root: RootFileSystem,
        _ cache: inout PathCache, from files: inout some FileReader
    ) -> [MountFacts] {
        var entries: [MountEntry] = []
        if let path = config.value("lxc.mount.fstab"),
            let bytes = (try? files.contents(of: path)) ?? nil
        {
            entries = MountEntry.all(in: bytes, named: path)
        }
        entries = Array(entries.prefix(ContainerConfig.maxEntries))
        entries += config.all("lxc.mount.entry").compactMap {
            MountEntry($0.value.bytes[...], at: $0.place)
        }
        var root = root
        var all: [MountFacts] = []
        for entry in entries {
            var facts = MountFacts(entry: entry)
            facts.sources = sourcePaths(of: entry).map { cache.facts(of: $0, from: &files) }
            if let path = relativeTarget(of: entry, config, container) {
                let names = RootFileSystem.names(in: path)
                facts.target = target(names, root, config, &cache, from: &files)
                if !names.isEmpty { root.mountPoints.append(names) }
            } else {
                facts.target = .outside
            }
            all.append(facts)
        }
        return all
    }

    /// The mount points of these entries in the container.
    static func mountPoints(
        _ mounts: [MountFacts], _ config: ContainerConfig, of container: UntrustedText
    ) -> [[[UInt8]]] {
        mounts.compactMap { relativeTarget(of: $0.entry, config, container) }
            .map { RootFileSystem.names(in: $0) }
    }

    private static func sourcePaths(of entry: MountEntry) -> [UntrustedText] {
        if entry.isOverlay {
            let lower = entry.value("lowerdir")?.bytes.split(separator: 0x3a)
                .map { UntrustedText($0) }
            let others = ["upperdir", "workdir"].compactMap { entry.value($0) }
            return ((lower ?? []) + others).filter { $0.hasPrefix("/") }
        }
        return entry.isBind && entry.source.hasPrefix("/") && !entry.has("relative")
            ? [entry.source] : []
    }

    /// The mount point, relative to the root file system; `nil` if LXC ignores the entry.
    private static func relativeTarget(
        of entry: MountEntry, _ config: ContainerConfig, _ container: UntrustedText
    ) -> UntrustedText? {
        guard entry.target.hasPrefix("/") else { return entry.target }
        let standard = config.directory.appending("/").appending(container).appending("/rootfs")
        for root in [standard] + (config.rootfs?.paths ?? [])
        where entry.target.bytes.starts(with: root.bytes) {
            return UntrustedText(entry.target.bytes.dropFirst(root.bytes.count))
        }
        return nil
    }

    private static func target(
        _ names: [[UInt8]], _ root: RootFileSystem, _ config: ContainerConfig,
        _ cache: inout PathCache, from files: inout some FileReader
    ) -> Target {
        guard let first = names.first, !root.layers.isEmpty else { return .unknown }
        let path = UntrustedText(names.joined(separator: [0x2f]))
        if first == Array("dev".utf8), config.value("lxc.autodev") != .some("0") {
            // LXC mounts a tmpfs there, with nothing in it but the directory pts.
            guard names.count > 1, names[1] != Array("pts".utf8),
                !root.mountPoints.contains(
                    where: { names.starts(with: $0) })
            else { return .unknown }
            return .found(.init(found: .missing, path: path, hasLinks: false))
        }
        guard ![Array("proc".utf8), Array("sys".utf8)].contains(first) || names.count == 1 else {
            return .unknown
        }
        let result = root.find(path, &cache, from: &files)
        return result.found == .hidden ? .unknown : .found(result)
    }
}
