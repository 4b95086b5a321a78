package import Cgroups
package import Linux

/// Takes away what commands left behind: their leaf, and in it what lxc did not clean up, `lxc.pivot`
/// above all. A cgroup in which a process runs stays, and with it all above it.
package enum CommandCgroupCleanup {
    /// So deep does it look, which is as deep as cgroups go where no line says otherwise.
    private static let depth = 32

    /// Removes empty leaves of a user's node, as whoever this process is.
    /// - Parameter limit: how many leaves to look at: a command is not to wait for the rubbish of others.
    ///   Which ones is left to chance: were they always the same, and all in use, then the empty ones
    ///   behind them would become more and more.
    /// - Parameter spared: a leaf to leave alone.
    /// - Returns: how many were removed.
    @discardableResult
    package static func collect(
        in node: borrowing Cgroup, lookingAt limit: Int = .max, sparing spared: [UInt8] = []
    ) throws(Errno) -> Int {
        var removed = 0
        let leaves = try node.children().filter {
            $0.starts(with: CommandCgroup.prefix) && $0 != spared
        }
        let start = leaves.count > limit ? try randomIndex(below: leaves.count) : 0
        for name in (leaves[start...] + leaves[..<start]).prefix(limit)
        where removeIfEmpty(name, from: node, depth: depth) {
            removed += 1
        }
        return removed
    }

    private static func randomIndex(below count: Int) throws(Errno) -> Int {
        try randomBytes(4).reduce(0) { $0 << 8 | Int($1) } % count
    }

    /// Removes the cgroup with all that is beneath it, if no process is.
    package static func removeIfEmpty(
        _ name: [UInt8], from parent: borrowing Cgroup, depth: Int = depth
    ) -> Bool {
        do throws(Errno) {
            // Most leaves have nothing beneath them, or a process in them, and one call tells.
            do throws(Errno) {
                try parent.removeChild(name)
                return true
            } catch  where error == .busy {}
            guard depth > 0 else { return false }
            let cgroup = try parent.child(name)
            guard try !cgroup.isPopulated() else { return false }
            for child in try cgroup.children() {
                guard removeIfEmpty(child, from: cgroup, depth: depth - 1) else { return false }
            }
            try parent.removeChild(name)
            return true
        } catch {
            // Gone already is as good.
            return error == .notFound
        }
    }
}
