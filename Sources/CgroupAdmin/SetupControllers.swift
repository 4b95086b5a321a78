internal import Cgroups
internal import Delegation
internal import Linux

extension Setup {
    /// Enables the required controllers that are not enabled yet, in cgroup.subtree_control. Others
    /// stay enabled, even if no line needs them any longer: cgroups below may use them.
    mutating func enable(
        _ required: [Controller], at place: CgroupPath
    ) throws(Failure) {
        let path = hierarchy.tree.name(of: place)
        let cgroup: Cgroup
        do { cgroup = try hierarchy.tree.root.descendant(place) } catch {
            throw Failure("cannot open \(path): \(error)")
        }
        let offered: [Controller]
        let enabled: [Controller]
        do throws(Errno) {
            offered = try cgroup.controllers()
            enabled = try cgroup.enabledControllers()
        } catch { throw Failure("cannot read the controllers of \(path): \(error)") }
        for controller in required
        where offered.contains(controller) && !enabled.contains(controller) {
            do throws(Errno) {
                do throws(Errno) { try cgroup.enable(controller) } catch  where error == .EEXIST {
                    try removeConflictsAndEnable(controller, in: cgroup, at: path)
                }
                report.changes.append("enabled the controller \(controller) in \(path)")
            } catch  where error == .EBUSY {
                report.problems.append(
                    "the controller \(controller) cannot be enabled because processes are in "
                        + "\(path) itself: end or move those listed in \(path)/cgroup.procs")
            } catch {
                report.problems.append(
                    "cannot enable the controller \(controller) in \(path): \(error)")
            }
        }
    }

    private mutating func removeConflictsAndEnable(
        _ controller: Controller, in cgroup: borrowing Cgroup, at path: String
    ) throws(Errno) {
        let limits = forbidChildren(ofUserCgroupsIn: cgroup)
        defer { restore(limits, in: cgroup) }
        removeConflicts(with: controller, in: cgroup, at: path)
        try cgroup.enable(controller)
    }

    /// Briefly prevents users from creating cgroups: otherwise, they could recreate a removed one
    /// before the controller is enabled. If this is interrupted, the next run restores the limits.
    /// - Returns: the former cgroup.max.descendants of each user's cgroup.
    private func forbidChildren(
        ofUserCgroupsIn cgroup: borrowing Cgroup
    ) -> [(name: [UInt8], limit: [UInt8])] {
        var limits: [(name: [UInt8], limit: [UInt8])] = []
        for name in (try? cgroup.children()) ?? [] {
            guard let userCgroup = try? cgroup.child(name),
                let limit = try? userCgroup.directory.contents(of: Self.maxDescendants),
                (try? userCgroup.directory.write([0x30], to: Self.maxDescendants)) != nil
            else { continue }
            limits.append((name, limit))
        }
        return limits
    }

    private func restore(
        _ limits: [(name: [UInt8], limit: [UInt8])], in cgroup: borrowing Cgroup
    ) {
        for (name, limit) in limits {
            guard let userCgroup = try? cgroup.child(name) else { continue }
            try? userCgroup.directory.write(limit, to: Self.maxDescendants)
        }
    }

    private static var maxDescendants: [UInt8] { Array("cgroup.max.descendants".utf8) }

    /// Removes cgroups that users have named like a file of the controller, such as `memory.max`.
    /// Such cgroups prevent the controller from being enabled.
    private mutating func removeConflicts(
        with controller: Controller, in cgroup: borrowing Cgroup, at path: String
    ) {
        for name in (try? cgroup.children()) ?? [] {
            guard let userCgroup = try? cgroup.child(name) else { continue }
            for child in (try? userCgroup.children()) ?? []
            where child.starts(with: controller.name + [0x2e]) {
                let conflict =
                    "\(path)/\(UntrustedText(name).escaped)/\(UntrustedText(child).escaped)"
                if CommandCgroupCleanup.removeIfEmpty(child, from: userCgroup) {
                    report.warnings.append(
                        "removed \(conflict), whose name kept the controller \(controller) from "
                            + "being enabled")
                } else {
                    report.problems.append(
                        "\(conflict) has the name of a file of the controller \(controller): stop "
                            + "its processes with berth-cgroup gc --kill "
                            + (UntrustedText(name).shellWord ?? "--all"))
                }
            }
        }
    }
}
