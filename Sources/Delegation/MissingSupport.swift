package import Cgroups
internal import Linux

/// The limits and controllers that a valid line of lxc-usercgroup requests, but that this host does
/// not support.
///
/// berth-run, berth-cgroup and `berth doctor` all use it to evaluate a line.
package struct MissingSupport: Equatable, Sendable {
    /// Limits that the kernel does not support. The line is then not applied: without the limit,
    /// the user would get more than the line grants.
    package var limits: [MissingLimit] = []
    /// Controllers of the line that the kernel does not support. The line grants the others.
    package var controllers: [Controller] = []
    /// Whether the line grants no controller, because only threaded ones remain.
    package var leavesOnlyThreaded = false

    package init() {}
}

/// A limit whose file does not exist on this host.
package struct MissingLimit: Equatable, Sendable {
    package let limit: Limit
    /// The controller that the kernel lacks; `nil` if it has the controller, but not the file.
    package let controller: Controller?

    package init(limit: Limit, controller: Controller?) {
        self.limit = limit
        self.controller = controller
    }
}

extension UsercgroupEntry {
    /// - Parameter host: the controllers of the host.
    /// - Parameter hasFile: whether a cgroup that has the limit's controller has its file; `nil`
    ///   if there is no such cgroup yet.
    package func missingSupport(
        of host: [Controller], hasFile: ([UInt8]) -> Bool?
    ) -> MissingSupport {
        var missing = MissingSupport()
        for limit in limits {
            if let controller = limit.controller, !host.contains(controller) {
                missing.limits.append(MissingLimit(limit: limit, controller: controller))
            } else if hasFile(limit.file) == false {
                missing.limits.append(MissingLimit(limit: limit, controller: nil))
            }
        }
        if case .these(let list) = selection {
            missing.controllers = list.filter { !host.contains($0) }
        }
        missing.leavesOnlyThreaded = controllers(of: host).isEmpty
        return missing
    }
}

extension UnifiedHierarchy {
    /// Evaluates a line with the files of `berth`, the parent of all users' cgroups, if it exists.
    package borrowing func missingSupport(
        for entry: UsercgroupEntry, of host: [Controller]
    ) -> MissingSupport {
        guard let top = try? root.child(UserCgroup.top), let enabled = try? top.controllers()
        else { return entry.missingSupport(of: host) { _ in nil } }
        return entry.missingSupport(of: host) { file in
            let controller = Limit(file: file, value: []).controller
            guard controller.map({ enabled.contains($0) }) ?? true else { return nil }
            return try? top.directory.contains(file)
        }
    }
}

extension MissingLimit: CustomStringConvertible {
    /// "the kernel has no controller rdma, which rdma.max=5 needs"
    package var description: String {
        if let controller {
            "the kernel has no controller \(controller.description), which \(limit.description) "
                + "needs"
        } else {
            "the kernel has no \(printable(limit.file))"
        }
    }

    /// Does not suggest removing the limit: the user would then get more than the line grants.
    package var fix: String {
        controller.map {
            "correct the limit's name, or boot with the controller \($0.description) enabled"
        } ?? "correct the limit's name, or boot a kernel that has it"
    }
}
