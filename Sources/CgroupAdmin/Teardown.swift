internal import CgroupStatus
internal import Cgroups
internal import Delegation
package import Linux

/// `berth-cgroup teardown`: removes `berth` with all cgroups in it that have no processes, and
/// reports the others. Controllers stay enabled at the root, because other programs may use them.
package enum Teardown {
    package static func run() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.openForChanges()
        let lock = try hierarchy.lock()
        defer { lock.release() }
        var report = ChangeReport()
        guard let top = try hierarchy.top() else { return report }
        let (users, others) = try hierarchy.contents(of: top)
        for user in users {
            let path = hierarchy.path(user.bytes)
            if CommandCgroupCleanup.removeIfEmpty(user.bytes, from: top) {
                report.changes.append("removed \(path)")
            } else {
                report.changes += hierarchy.removeEmpty(of: user, in: top)
                report.problems.append("\(path) was kept: \(reason(user.bytes, in: top))")
            }
        }
        for name in others {
            guard name == Setup.temporaryCgroup, CommandCgroupCleanup.removeIfEmpty(name, from: top)
            else {
                report.problems.append(
                    "\(hierarchy.path(name)) was kept: another program created it")
                continue
            }
        }
        guard report.problems.isEmpty else { return report }
        do {
            try hierarchy.tree.root.removeChild(UserCgroup.top)
            report.changes.append("removed \(hierarchy.path())")
        } catch {
            report.problems.append("\(hierarchy.path()) was kept: \(error)")
        }
        return report
    }

    private static func reason(_ name: [UInt8], in top: borrowing Cgroup) -> String {
        guard let cgroup = try? top.child(name) else { return "it cannot be opened" }
        let processes = CgroupProcesses.all(of: cgroup)
        guard !processes.isEmpty else { return "a cgroup in it cannot be removed" }
        return "it has processes: " + processes.sentence(atMost: 5)
    }
}
