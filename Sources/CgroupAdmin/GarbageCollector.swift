internal import CgroupStatus
internal import Cgroups
internal import Delegation
package import Linux

/// `berth-cgroup gc`: removes empty command cgroups, and empty cgroups of users without a line.
package enum GarbageCollector {
    package static func run() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.openForChanges()
        var report = ChangeReport()
        guard let top = try hierarchy.top() else { return report }
        let file = try UsercgroupFile.load()
        for name in try hierarchy.contents(of: top).users {
            guard let cgroup = try? top.child(name.bytes) else { continue }
            let path = hierarchy.path(name.bytes)
            report.changes += removeEmpty(in: cgroup, path)
            guard isNotListed(name.user, in: file),
                CommandCgroupCleanup.removeIfEmpty(name.bytes, from: top)
            else { continue }
            report.changes.append("removed \(path)")
        }
        return report
    }

    private static func removeEmpty(in userCgroup: borrowing Cgroup, _ path: String) -> [String] {
        ((try? userCgroup.children()) ?? []).filter { name in
            name.starts(with: CommandCgroup.prefix)
                && CommandCgroupCleanup.removeIfEmpty(name, from: userCgroup)
        }.map { "removed \(path)/\(printable($0))" }
    }

    /// - Returns: `false` if unknown: a directory server does not answer, or the line is invalid.
    private static func isNotListed(_ user: UserID, in file: UsercgroupFile) -> Bool {
        guard let account = try? Accounts.memberOrNumber(user),
            case .notListed = file.decision(for: account.credentials)
        else { return false }
        return true
    }
}
