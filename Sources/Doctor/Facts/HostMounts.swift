internal import Linux

/// The mounts of the host.
struct HostMounts: Equatable, Sendable {
    struct Mount: Equatable, Sendable {
        let point: UntrustedText
        let type: UntrustedText
        /// Of this mount and of the one that has its mount point: see proc_pid_mountinfo(5).
        var id: [UInt8] = []
        var parent: [UInt8] = []
        /// The directory of the file system that is mounted.
        var root: UntrustedText = "/"
        var isReadOnly = false
    }

    var all: [Mount] = []

    static func observe() -> HostMounts {
        guard let text = (try? SmallFile.contents(of: "/proc/self/mountinfo")) ?? nil else {
            return HostMounts()
        }
        return HostMounts(
            all: Lines(bytes: text).compactMap { MountInfo(text[$0]) }.map {
                Mount(
                    point: UntrustedText($0.point), type: UntrustedText($0.type), id: $0.id,
                    parent: $0.parent, root: UntrustedText($0.root), isReadOnly: $0.isReadOnly)
            })
    }

    /// A mount below the directory.
    func first(below directory: UntrustedText) -> Mount? {
        let prefix = Self.withSlash(directory)
        return all.first {
            $0.point.bytes.count > prefix.count && $0.point.bytes.starts(with: prefix)
        }
    }

    /// The mount that has the file.
    func mount(of path: UntrustedText) -> Mount? {
        let path = Self.withSlash(path)
        return all.filter { path.starts(with: Self.withSlash($0.point)) }
            .max { $0.point.bytes.count < $1.point.bytes.count }
    }

    /// The mount that is visible at a mount point, if several are mounted over each other.
    func top(at point: UntrustedText) -> Mount? {
        let there = all.filter { $0.point == point }
        return there.last { mount in !there.contains { $0.parent == mount.id } }
    }

    private static func withSlash(_ path: UntrustedText) -> [UInt8] {
        path.bytes.last == 0x2f ? path.bytes : path.bytes + [0x2f]
    }
}
