package import Cgroups
package import Delegation

/// The controllers that Berth's part of the tree needs, so that every line can be followed.
package struct RequiredControllers: Equatable {
    /// In the order in which the host has them.
    package private(set) var list: [Controller] = []
    /// What lines ask for in vain.
    package private(set) var warnings: [String] = []

    package init(_ grants: [UsercgroupEntry], of host: [Controller]) {
        for grant in grants {
            let needs = grant.needs(of: host)
            list += needs.filter { !list.contains($0) }
            var named: [Controller] = []
            if case .these(let list) = grant.selection { named = list }
            let missing = named.filter { !host.contains($0) }
            let getsNothing = grant.controllers(of: host).isEmpty
            guard !missing.isEmpty || getsNothing else { continue }
            warnings.append(PolicyFile.place(grant.line, Self.sentence(missing, getsNothing)))
        }
        list = host.filter { list.contains($0) }
    }

    private static func sentence(_ missing: [Controller], _ getsNothing: Bool) -> String {
        let consequence =
            "only threaded ones are left, with which no container starts, so that nobody gets any by it"
        guard !missing.isEmpty else { return "of the kernel's controllers, \(consequence)" }
        let what = "the kernel lacks \(missing.sentence)"
        let memory = missing.contains { $0.name.elementsEqual("memory".utf8) }
        let remedy =
            memory ? " (boot with cgroup_enable=memory, without cgroup_disable=memory)" : ""
        return what + remedy + (getsNothing ? "; \(consequence)" : "")
    }
}
