package import Linux

/// The one tree of cgroups of this host, held at its root.
package struct UnifiedHierarchy: ~Copyable {
    package let root: Cgroup
    package let mount: CgroupMounts.Unified

    package enum LookupError: Error, Equatable {
        /// No cgroups are mounted.
        case nothing
        /// Only trees of the first version.
        case legacy(point: String)
        /// Both: controllers of the first version are lost to the second.
        case hybrid(point: String)
        /// What is mounted there is not the tree's root.
        case notTheRoot(point: String)
        /// A container: what it sees as root is not the host's.
        case inContainer
        case unreadable(path: String, Errno)
    }

    /// Finds the tree, and refuses what only looks like it.
    package static func find() throws(LookupError) -> UnifiedHierarchy {
        let mount = try self.mount()
        let point = printable(mount.point, limit: 4096)
        let isOnTheHost = try at("/proc/self/ns") { () throws(Errno) in
            try Namespaces.areTheHosts()
        }
        guard isOnTheHost else { throw .inContainer }
        let directory = try at(point) { () throws(Errno) in try Directory.open(mount.point) }
        // The kernel gives that file to every cgroup but the root.
        let isRoot = try at(point) { () throws(Errno) in
            try directory.isUnifiedCgroup() ? !directory.contains("cgroup.events") : false
        }
        guard isRoot else { throw .notTheRoot(point: point) }
        return UnifiedHierarchy(root: Cgroup(directory), mount: mount)
    }

    private static func at<Answer: ~Copyable>(
        _ path: String, _ question: () throws(Errno) -> Answer
    ) throws(LookupError) -> Answer {
        do { return try question() } catch { throw .unreadable(path: path, error) }
    }

    private static func mount() throws(LookupError) -> CgroupMounts.Unified {
        let path = "/proc/self/mountinfo"
        let mounts = try at(path) { () throws(Errno) in
            try CgroupMounts(mountinfo: kernelFile(path))
        }
        let usual = Array("/sys/fs/cgroup".utf8)
        let mount = mounts.unified.first { $0.point == usual } ?? mounts.unified.first
        let legacy = mounts.legacy.first.map { printable($0, limit: 4096) }
        switch (mount, legacy) {
        case (let mount?, nil): return mount
        case (_?, let legacy?): throw .hybrid(point: legacy)
        case (nil, let legacy?): throw .legacy(point: legacy)
        case (nil, nil): throw .nothing
        }
    }

    /// Where this process is.
    package static func ownPlace() throws(LookupError) -> CgroupPath {
        let path = "/proc/self/cgroup"
        return try at(path) { () throws(Errno) in
            guard let place = try CgroupPath.membership(in: kernelFile(path)) else {
                throw .badMessage
            }
            return place
        }
    }

    /// The path of a place in the tree, for people.
    package func name(of place: CgroupPath) -> String {
        printable(mount.point, limit: 4096)
            + (place.names.isEmpty ? "" : place.description)
    }

    private static func kernelFile(_ path: String) throws(Errno) -> [UInt8] {
        guard let text = try SmallFile.contents(of: path) else { throw .notFound }
        return text
    }
}
