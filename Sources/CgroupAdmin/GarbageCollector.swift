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
            report.changes += hierarchy.removeEmpty(of: name, in: top) {
                $0.starts(with: CommandCgroup.prefix)
            }
            guard isNotListed(name.user, in: file),
                CommandCgroupCleanup.removeIfEmpty(name.bytes, from: top)
            else { continue }
            report.changes.append("removed \(hierarchy.path(name.bytes))")
        }
        return report
    }

    /// - Returns: `false` if unknown: a directory server does not answer, or the line is invalid.
    private static func isNotListed(_ user: UserID, in file: UsercgroupFile) -> Bool {
        guard let account = try? Accounts.memberOrNumber(user),
            case .notListed = file.decision(for: account.credentials)
        else { return false }
        return true
    }
}
