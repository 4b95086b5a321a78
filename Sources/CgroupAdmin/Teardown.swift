internal import Cgroups
internal import Delegation
internal import Linux

/// Takes away Berth's part of the tree as far as nothing runs in it, and names what does. Controllers stay
/// on at the root: others may have come to need them.
package enum Teardown {
    package static func run() throws(Failure) -> Outcome {
        let hierarchy = try Hierarchy.open()
        let run = try hierarchy.exclusiveRun()
        defer { run.end() }
        var outcome = Outcome()
        guard let top = try hierarchy.top() else { return outcome }
        let (nodes, others) = try hierarchy.contents(of: top)
        for node in nodes {
            let path = hierarchy.path(node.bytes)
            if LeafCollection.isRemoved(node.bytes, from: top) {
                outcome.changes.append("removed \(path)")
            } else {
                removeLeaves(of: node, in: top, hierarchy, &outcome)
                outcome.problems.append("\(path) stays: \(reason(node.bytes, in: top))")
            }
        }
        for name in others {
            guard name == Setup.trial, LeafCollection.isRemoved(name, from: top) else {
                outcome.problems.append("\(hierarchy.path(name)) stays: it is not Berth's")
                continue
            }
        }
        guard outcome.problems.isEmpty else { return outcome }
        do {
            try hierarchy.tree.root.removeChild(UserNode.top)
            outcome.changes.append("removed \(hierarchy.path())")
        } catch {
            outcome.problems.append("\(hierarchy.path()) stays: \(error)")
        }
        return outcome
    }

    private static func removeLeaves(
        of node: Hierarchy.NodeName, in top: borrowing Cgroup, _ hierarchy: borrowing Hierarchy,
        _ outcome: inout Outcome
    ) {
        guard let cgroup = try? top.child(node.bytes) else { return }
        for name in (try? cgroup.children()) ?? []
        where LeafCollection.isRemoved(name, from: cgroup) {
            outcome.changes.append("removed \(hierarchy.path(node.bytes, name))")
        }
    }

    private static func reason(_ name: [UInt8], in top: borrowing Cgroup) -> String {
        guard let node = try? top.child(name) else { return "it cannot be opened" }
        let inhabitants = Inhabitants.all(of: node)
        guard !inhabitants.isEmpty else { return "what is in it cannot be removed" }
        return "these run in it: " + inhabitants.sentence(atMost: 5)
    }
}
