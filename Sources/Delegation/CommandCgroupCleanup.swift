package import Cgroups
package import Linux

/// Removes the cgroups of commands that have ended, and the cgroups that LXC leaves in them, such
/// as `lxc.pivot`. Keeps a cgroup that contains a process, and its ancestors.
package enum CommandCgroupCleanup {
    /// How many levels of nested cgroups are removed: Berth's default for cgroup.max.depth.
    private static let depth = 32

    /// Removes empty command cgroups of a user, with the credentials of this process.
    /// - Parameter limit: how many to examine, so that a command need not wait long. The first one
    ///   is chosen at random: otherwise, every call could examine the same cgroups, all of them in
    ///   use.
    /// - Parameter spared: the name of one to keep.
    /// - Returns: how many were removed.
    @discardableResult
    package static func collect(
        in userCgroup: borrowing Cgroup, lookingAt limit: Int = .max, sparing spared: [UInt8] = []
    ) throws(Errno) -> Int {
        var removed = 0
        let names = try userCgroup.children().filter {
            $0.starts(with: CommandCgroup.prefix) && $0 != spared
        }
        let start = names.count > limit ? try randomIndex(below: names.count) : 0
        for name in (names[start...] + names[..<start]).prefix(limit)
        where removeIfEmpty(name, from: userCgroup, depth: depth) {
            removed += 1
        }
        return removed
    }

    private static func randomIndex(below count: Int) throws(Errno) -> Int {
        try randomBytes(4).reduce(0) { $0 << 8 | Int($1) } % count
    }

    /// Removes the cgroup and all beneath it (rmdir(2), or unlinkat(2) with AT_REMOVEDIR), if no
    /// process is in any of them.
    /// - Returns: whether it no longer exists.
    package static func removeIfEmpty(
        _ name: [UInt8], from parent: borrowing Cgroup, depth: Int = depth
    ) -> Bool {
        do throws(Errno) {
            // One call suffices for a cgroup without children or processes.
            do throws(Errno) {
                try parent.removeChild(name)
                return true
            } catch  where error == .EBUSY {}
            guard depth > 0 else { return false }
            let cgroup = try parent.child(name)
            guard try !cgroup.isPopulated() else { return false }
            for child in try cgroup.children() {
                guard removeIfEmpty(child, from: cgroup, depth: depth - 1) else { return false }
            }
            try parent.removeChild(name)
            return true
        } catch {
            return error == .ENOENT
        }
    }
}
