internal import Cgroups
internal import Delegation
internal import Linux

/// Takes away what nobody uses any more, of all users: empty leaves, and the empty nodes of those for whom
/// no line is.
package enum GarbageCollector {
    package static func run() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.open()
        var outcome = ChangeReport()
        guard let top = try hierarchy.top() else { return outcome }
        let file = try PolicyFile.read()
        for node in try hierarchy.contents(of: top).nodes {
            guard let cgroup = try? top.child(node.bytes) else { continue }
            outcome.changes += emptyLeaves(of: cgroup, hierarchy.path(node.bytes))
            guard hasLost(node.user, file),
                CommandCgroupCleanup.removeIfEmpty(node.bytes, from: top)
            else {
                continue
            }
            outcome.changes.append("removed \(hierarchy.path(node.bytes))")
        }
        return outcome
    }

    static func emptyLeaves(of node: borrowing Cgroup, _ path: String) -> [String] {
        ((try? node.children()) ?? []).filter { name in
            name.starts(with: CommandCgroup.prefix)
                && CommandCgroupCleanup.removeIfEmpty(name, from: node)
        }.map { "removed \(path)/\(printable($0))" }
    }

    /// Not where it cannot be known: a directory of users that is away, or a line that is not understood.
    private static func hasLost(_ user: UserID, _ file: PolicyFile) -> Bool {
        guard let account = try? Accounts.someone(user),
            case .none = file.verdict(for: account.person)
        else { return false }
        return true
    }
}
