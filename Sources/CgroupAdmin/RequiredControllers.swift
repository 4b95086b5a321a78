package import Cgroups
package import Delegation

/// The controllers that the cgroup `berth` must have enabled (cgroup.subtree_control) for the lines
/// of lxc-usercgroup.
package struct RequiredControllers: Equatable {
    /// In the order of the host's cgroup.controllers.
    package private(set) var list: [Controller] = []
    /// Lines with controllers that the host does not have.
    package private(set) var warnings: [String] = []

    package init(_ entries: [UsercgroupEntry], of host: [Controller]) {
        for entry in entries {
            let needs = entry.needs(of: host)
            list += needs.filter { !list.contains($0) }
            let missing = entry.missingSupport(of: host) { _ in nil }
            guard !missing.controllers.isEmpty || missing.leavesOnlyThreaded else { continue }
            warnings.append(
                entry.message(Self.sentence(missing.controllers, missing.leavesOnlyThreaded)))
        }
        list = host.filter { list.contains($0) }
    }

    private static func sentence(_ missing: [Controller], _ getsNothing: Bool) -> String {
        let consequence = "which no container can use, so this line grants none"
        guard !missing.isEmpty else {
            return "the kernel has only threaded controllers, \(consequence)"
        }
        let what = "the kernel lacks \(missing.sentence)"
        let memory = missing.contains { $0.name.elementsEqual("memory".utf8) }
        let remedy =
            memory ? " (boot with cgroup_enable=memory, without cgroup_disable=memory)" : ""
        return what + remedy
            + (getsNothing ? "; only threaded controllers remain, \(consequence)" : "")
    }
}
