package import Linux

/// The cgroup v2 hierarchy of this host, held by a descriptor of its root.
package struct UnifiedHierarchy: ~Copyable {
    package let root: Cgroup
    package let mount: CgroupMountInfo.Unified

    package enum LookupError: Error, Equatable {
        case nothing
        case legacy(point: String)
        /// Both are mounted, and the controllers in use by cgroup v1 are not available in v2.
        case hybrid(point: String)
        /// The mount is not the root of the hierarchy.
        case notTheRoot(point: String)
        /// This process is in a container, whose cgroup hierarchy has a different root.
        case inContainer
        case unreadable(path: String, Errno)
    }

    /// Finds the mount of cgroup2, and verifies that it is the root of the hierarchy.
    package static func find() throws(LookupError) -> UnifiedHierarchy {
        let mount = try self.mount()
        let point = printable(mount.point, limit: 4096)
        let isOnTheHost = try at("/proc/self/ns") { () throws(Errno) in
            try Namespaces.areTheHosts()
        }
        guard isOnTheHost else { throw .inContainer }
        let directory = try at(point) { () throws(Errno) in try Directory.open(mount.point) }
        // Every cgroup but the root has this file.
        let isRoot = try at(point) { () throws(Errno) in
            try directory.isUnifiedCgroup()
                ? !directory.contains(Array("cgroup.events".utf8)) : false
        }
        guard isRoot else { throw .notTheRoot(point: point) }
        return UnifiedHierarchy(root: Cgroup(directory), mount: mount)
    }

    private static func at<Result: ~Copyable>(
        _ path: String, _ body: () throws(Errno) -> Result
    ) throws(LookupError) -> Result {
        do { return try body() } catch { throw .unreadable(path: path, error) }
    }

    private static func mount() throws(LookupError) -> CgroupMountInfo.Unified {
        let path = "/proc/self/mountinfo"
        let mounts = try at(path) { () throws(Errno) in
            try CgroupMountInfo(mountinfo: kernelFile(path))
        }
        let standardPoint = Array("/sys/fs/cgroup".utf8)
        let mount = mounts.unified.first { $0.point == standardPoint } ?? mounts.unified.first
        let legacy = mounts.legacy.first.map { printable($0, limit: 4096) }
        switch (mount, legacy) {
        case (let mount?, nil): return mount
        case (_?, let legacy?): throw .hybrid(point: legacy)
        case (nil, let legacy?): throw .legacy(point: legacy)
        case (nil, nil): throw .nothing
        }
    }

    package static func ownCgroup() throws(LookupError) -> CgroupPath {
        let path = "/proc/self/cgroup"
        return try at(path) { () throws(Errno) in
            guard let place = try CgroupPath.membership(in: kernelFile(path)) else {
                throw .EBADMSG
            }
            return place
        }
    }

    /// The path in the file system, for messages.
    package func name(of place: CgroupPath) -> String {
        printable(mount.point, limit: 4096)
            + (place.names.isEmpty ? "" : place.description)
    }

    private static func kernelFile(_ path: String) throws(Errno) -> [UInt8] {
        guard let text = try SmallFile.contents(of: path) else { throw .ENOENT }
        return text
    }
}
