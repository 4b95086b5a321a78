internal import Cgroups
internal import Delegation
internal import Linux

/// Takes away Berth's part of the tree as far as nothing runs in it, and names what does. Controllers stay
/// on at the root: others may have come to need them.
package enum Teardown {
    package static func run() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.open()
        let run = try hierarchy.exclusiveRun()
        defer { run.end() }
        var outcome = ChangeReport()
        guard let top = try hierarchy.top() else { return outcome }
        let (nodes, others) = try hierarchy.contents(of: top)
        for node in nodes {
            let path = hierarchy.path(node.bytes)
            if CommandCgroupCleanup.removeIfEmpty(node.bytes, from: top) {
                outcome.changes.append("removed \(path)")
            } else {
                removeLeaves(of: node, in: top, hierarchy, &outcome)
                outcome.problems.append("\(path) stays: \(reason(node.bytes, in: top))")
            }
        }
        for name in others {
            guard name == Setup.trial, CommandCgroupCleanup.removeIfEmpty(name, from: top) else {
                outcome.problems.append("\(hierarchy.path(name)) stays: it is not Berth's")
                continue
            }
        }
        guard outcome.problems.isEmpty else { return outcome }
        do {
            try hierarchy.tree.root.removeChild(UserCgroup.top)
            outcome.changes.append("removed \(hierarchy.path())")
        } catch {
            outcome.problems.append("\(hierarchy.path()) stays: \(error)")
        }
        return outcome
    }

    private static func removeLeaves(
        of node: DelegatedHierarchy.NodeName, in top: borrowing Cgroup,
        _ hierarchy: borrowing DelegatedHierarchy,
        _ outcome: inout ChangeReport
    ) {
        guard let cgroup = try? top.child(node.bytes) else { return }
        for name in (try? cgroup.children()) ?? []
        where CommandCgroupCleanup.removeIfEmpty(name, from: cgroup) {
            outcome.changes.append("removed \(hierarchy.path(node.bytes, name))")
        }
    }

    private static func reason(_ name: [UInt8], in top: borrowing Cgroup) -> String {
        guard let node = try? top.child(name) else { return "it cannot be opened" }
        let inhabitants = CgroupProcesses.all(of: node)
        guard !inhabitants.isEmpty else { return "what is in it cannot be removed" }
        return "these run in it: " + inhabitants.sentence(atMost: 5)
    }
}
