internal import Cgroups
internal import Delegation
internal import Linux

extension Setup {
    /// Enables the controllers that are missing. Others stay enabled, including those that no line
    /// needs any longer: cgroups beneath may use them.
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
                do throws(Errno) { try cgroup.enable(controller) } catch  where error == .exists {
                    try removeConflictsAndEnable(controller, in: cgroup, at: path)
                }
                report.changes.append("enabled the controller \(controller) in \(path)")
            } catch  where error == .busy {
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
        let closed = closeUserCgroups(in: cgroup)
        defer { reopen(closed, in: cgroup) }
        removeConflicts(with: controller, in: cgroup, at: path)
        try cgroup.enable(controller)
    }

    /// Briefly keeps users from creating cgroups: otherwise one that was removed could reappear
    /// before the controller is enabled. After an interruption, the next run restores the limits.
    /// - Returns: the former cgroup.max.descendants of each user's cgroup.
    private func closeUserCgroups(in cgroup: borrowing Cgroup) -> [(name: [UInt8], bound: [UInt8])]
    {
        var closed: [(name: [UInt8], bound: [UInt8])] = []
        for name in (try? cgroup.children()) ?? [] {
            guard let node = try? cgroup.child(name),
                let bound = try? node.directory.contents(of: Self.bound),
                (try? node.directory.write([0x30], to: Self.bound)) != nil
            else { continue }
            closed.append((name, bound))
        }
        return closed
    }

    private func reopen(
        _ nodes: [(name: [UInt8], bound: [UInt8])], in cgroup: borrowing Cgroup
    ) {
        for (name, bound) in nodes {
            guard let node = try? cgroup.child(name) else { continue }
            try? node.directory.write(bound, to: Self.bound)
        }
    }

    private static var bound: [UInt8] { Array("cgroup.max.descendants".utf8) }

    /// Removes users' cgroups that are named like a file of the controller: they block enabling it.
    private mutating func removeConflicts(
        with controller: Controller, in cgroup: borrowing Cgroup, at path: String
    ) {
        for name in (try? cgroup.children()) ?? [] {
            guard let node = try? cgroup.child(name) else { continue }
            for child in (try? node.children()) ?? []
            where child.starts(with: controller.name + [0x2e]) {
                let culprit =
                    "\(path)/\(UntrustedText(name).escaped)/\(UntrustedText(child).escaped)"
                if CommandCgroupCleanup.removeIfEmpty(child, from: node) {
                    report.warnings.append(
                        "removed \(culprit), whose name kept the controller \(controller) from "
                            + "being enabled")
                } else {
                    report.problems.append(
                        "\(culprit) has the name of a file of the controller \(controller): stop "
                            + "its processes with berth-cgroup gc --kill "
                            + (UntrustedText(name).shellWord ?? "all"))
                }
            }
        }
    }
}
