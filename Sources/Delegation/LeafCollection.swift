package import Cgroups
package import Linux

/// Takes away what commands left behind: their leaf, and in it what lxc did not clean up, `lxc.pivot`
/// above all. A cgroup in which a process runs stays, and with it all above it.
package enum LeafCollection {
    /// So deep does it look; deeper ones wait for another time.
    private static let depth = 32

    /// Removes empty leaves of a user's node, as whoever this process is.
    /// - Parameter limit: how many leaves to look at: a command is not to wait for the rubbish of others.
    /// - Parameter spared: a leaf to leave alone.
    /// - Returns: how many were removed.
    @discardableResult
    package static func collect(
        in node: borrowing Cgroup, lookingAt limit: Int = .max, sparing spared: [UInt8] = []
    ) throws(Errno) -> Int {
        var removed = 0
        var looked = 0
        for name in try node.children() where name.starts(with: Leaf.prefix) && name != spared {
            guard looked < limit else { break }
            looked += 1
            if isRemoved(name, from: node, depth: depth) { removed += 1 }
        }
        return removed
    }

    /// Removes the cgroup with all that is beneath it, if no process is.
    package static func isRemoved(
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
                guard isRemoved(child, from: cgroup, depth: depth - 1) else { return false }
            }
            try parent.removeChild(name)
            return true
        } catch {
            // Gone already is as good.
            return error == .notFound
        }
    }
}
