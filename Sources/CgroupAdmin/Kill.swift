internal import CgroupStatus
internal import Cgroups
internal import Delegation
package import Linux

/// `berth-cgroup gc --kill`: kills users' processes with cgroup.kill, which a fork bomb cannot
/// escape.
package enum Kill {
    /// - Parameter targets: users (by name or ID), or command cgroups: `[u1000/]run-3k9x02ba`.
    package static func run(_ targets: [String]) throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.openForChanges()
        var report = ChangeReport()
        guard let top = try hierarchy.top() else {
            throw Failure("\(hierarchy.path()) does not exist, so there is no process to kill")
        }
        let users = try hierarchy.contents(of: top).users
        var waits = maxWaits
        for target in targets {
            if let user = user(Array(target.utf8), users) {
                try kill(user, in: top, hierarchy, &waits, &report)
            } else if let cgroup = try commandCgroup(target, users, in: top) {
                kill(cgroup, in: top, hierarchy, &waits, &report)
            } else {
                report.problems.append(
                    "\(printable(target.utf8)) is neither a user with a cgroup nor a command "
                        + "cgroup: see berth-cgroup status")
            }
        }
        return report
    }

    /// Kills the processes of all users, except in the command cgroup of this process.
    package static func runAll() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.openForChanges()
        var report = ChangeReport()
        guard let top = try hierarchy.top() else { return report }
        var waits = maxWaits
        for user in try hierarchy.contents(of: top).users {
            try kill(user, in: top, hierarchy, &waits, &report)
        }
        return report
    }

    /// How many times to wait 10 ms, in total, for processes to end. There can be thousands of
    /// cgroups.
    private static let maxWaits = 500
    private static let interval = 10

    private struct Target: Equatable {
        let user: DelegatedHierarchy.UserCgroupName
        let name: [UInt8]
    }

    private static func commandCgroups(
        of user: DelegatedHierarchy.UserCgroupName, in top: borrowing Cgroup
    ) -> [Target] {
        guard let cgroup = try? top.child(user.bytes) else { return [] }
        return ((try? cgroup.children()) ?? []).map { Target(user: user, name: $0) }
    }

    /// - Parameter target: `u1000/run-3k9x02ba`, or only the second part if it is unique.
    private static func commandCgroup(
        _ target: String, _ users: [DelegatedHierarchy.UserCgroupName], in top: borrowing Cgroup
    ) throws(Failure) -> Target? {
        let parts = Array(target.utf8).split(separator: 0x2f, omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2 else { return nil }
        let owners = parts.count == 1 ? users : users.filter { $0.bytes == Array(parts[0]) }
        let found = owners.flatMap { commandCgroups(of: $0, in: top) }.filter {
            $0.name == Array(name)
        }
        guard found.count < 2 else {
            let names = found.map { "\(printable($0.user.bytes))/\(target)" }
            throw Failure("\(target) is ambiguous: use \(names.joined(separator: " or "))")
        }
        return found.first
    }

    /// - Parameter name: `alice`, `1000` or `u1000`.
    private static func user(
        _ name: [UInt8], _ users: [DelegatedHierarchy.UserCgroupName]
    ) -> DelegatedHierarchy.UserCgroupName? {
        if let user = DelegatedHierarchy.UserCgroupName(name), users.contains(user) { return user }
        guard let account = (try? Accounts.member(of: name)) ?? nil else { return nil }
        return users.first { $0.user == account.credentials.user }
    }

    /// Kills all processes in the user's cgroup at once, because a threaded cgroup beneath it
    /// cannot be killed alone, and processes may be in the user's cgroup itself. If this process is
    /// in it, too, kills the command cgroups one by one, except its own.
    private static func kill(
        _ user: DelegatedHierarchy.UserCgroupName, in top: borrowing Cgroup,
        _ hierarchy: borrowing DelegatedHierarchy,
        _ waits: inout Int, _ report: inout ChangeReport
    ) throws(Failure) {
        let path = hierarchy.path(user.bytes)
        let own: CgroupPath
        do { own = try UnifiedHierarchy.ownCgroup() } catch { throw Failure("\(error)") }
        if own.names.starts(with: [UserCgroup.top, user.bytes]) {
            for cgroup in commandCgroups(of: user, in: top) {
                if own.names.starts(with: [UserCgroup.top, user.bytes, cgroup.name]) {
                    report.warnings.append(
                        "\(hierarchy.path(user.bytes, cgroup.name)) was skipped because this "
                            + "process is in it: to kill it too, give it as a target")
                } else {
                    kill(cgroup, in: top, hierarchy, &waits, &report)
                }
            }
            return
        }
        do throws(Errno) {
            let cgroup = try top.child(user.bytes)
            try kill(cgroup, &waits, path, &report)
            for name in try cgroup.children() {
                let path = hierarchy.path(user.bytes, name)
                if CommandCgroupCleanup.removeIfEmpty(name, from: cgroup) {
                    report.changes.append("removed \(path)")
                } else {
                    report.problems.append("\(path) cannot be removed")
                }
            }
        } catch { report.problems.append("\(path): \(error)") }
    }

    private static func kill(
        _ target: Target, in top: borrowing Cgroup,
        _ hierarchy: borrowing DelegatedHierarchy,
        _ waits: inout Int, _ report: inout ChangeReport
    ) {
        let path = hierarchy.path(target.user.bytes, target.name)
        do throws(Errno) {
            let cgroup = try top.child(target.user.bytes)
            let commandCgroup = try cgroup.child(target.name)
            do throws(Errno) {
                try kill(commandCgroup, &waits, path, &report)
            } catch  where error == .EOPNOTSUPP {
                report.problems.append(
                    "\(path) has only threads of processes in "
                        + "\(hierarchy.path(target.user.bytes)): kill all processes of the user "
                        + "with gc --kill \(printable(target.user.bytes))"
                )
                return
            }
            guard CommandCgroupCleanup.removeIfEmpty(target.name, from: cgroup) else {
                report.problems.append("\(path) cannot be removed")
                return
            }
            report.changes.append("removed \(path)")
        } catch  where error == .ENOENT || error == .ENODEV {
            report.changes.append("\(path) no longer exists")
        } catch {
            report.problems.append("\(path): \(error)")
        }
    }

    /// Kills even if no process was listed: one that moves between cgroups can be missing from the
    /// list.
    private static func kill(
        _ cgroup: borrowing Cgroup, _ waits: inout Int, _ path: String,
        _ report: inout ChangeReport
    ) throws(Errno) {
        let processes = CgroupProcesses.all(of: cgroup)
        try cgroup.kill()
        while waits > 0, try cgroup.isPopulated() {
            pause(milliseconds: interval)
            waits -= 1
        }
        if try cgroup.isPopulated() {
            report.problems.append(
                "\(path) is not empty yet: \(CgroupProcesses.all(of: cgroup).sentence(atMost: 5))")
        } else if !processes.isEmpty {
            report.changes.append("killed \(processes.sentence(atMost: 5)) in \(path)")
        }
    }
}
