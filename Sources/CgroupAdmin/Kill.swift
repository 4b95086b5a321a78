internal import Cgroups
internal import Delegation
internal import Linux

/// Ends what runs in users' cgroups, by the kernel's cgroup.kill: nothing that is born meanwhile escapes.
package enum Kill {
    /// - Parameter target: a user's name or number, a leaf's name, or `u1000/run-3k9x02ba`.
    package static func run(_ targets: [String]) throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.open()
        var outcome = ChangeReport()
        guard let top = try hierarchy.top() else {
            throw Failure("\(hierarchy.path()) is not there, so nothing runs in it")
        }
        let nodes = try hierarchy.contents(of: top).nodes
        var patience = patience
        for target in targets {
            if let node = user(Array(target.utf8), nodes) {
                try kill(node, in: top, hierarchy, &patience, &outcome)
            } else if let place = try leaf(target, nodes, in: top) {
                kill(place, in: top, hierarchy, &patience, &outcome)
            } else {
                outcome.problems.append(
                    "\(printable(target.utf8)) is neither a user who has a cgroup nor a leaf: see "
                        + "berth-cgroup status")
            }
        }
        return outcome
    }

    /// All users' cgroups, but the leaf in which this runs.
    package static func runAll() throws(Failure) -> ChangeReport {
        let hierarchy = try DelegatedHierarchy.open()
        var outcome = ChangeReport()
        guard let top = try hierarchy.top() else { return outcome }
        var patience = patience
        for node in try hierarchy.contents(of: top).nodes {
            try kill(node, in: top, hierarchy, &patience, &outcome)
        }
        return outcome
    }

    /// So long is waited for the end of what was killed, by all together: users can make thousands of leaves.
    private static let patience = 500
    private static let interval = 10

    private struct Place: Equatable {
        let node: DelegatedHierarchy.NodeName
        let leaf: [UInt8]
    }

    private static func leaves(
        of node: DelegatedHierarchy.NodeName, in top: borrowing Cgroup
    ) -> [Place] {
        guard let cgroup = try? top.child(node.bytes) else { return [] }
        return ((try? cgroup.children()) ?? []).map { Place(node: node, leaf: $0) }
    }

    /// - Parameter target: `u1000/run-3k9x02ba`, or the latter alone where only one user has it.
    private static func leaf(
        _ target: String, _ nodes: [DelegatedHierarchy.NodeName], in top: borrowing Cgroup
    ) throws(Failure) -> Place? {
        let parts = Array(target.utf8).split(separator: 0x2f, omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2 else { return nil }
        let owners = parts.count == 1 ? nodes : nodes.filter { $0.bytes == Array(parts[0]) }
        let found = owners.flatMap { leaves(of: $0, in: top) }.filter { $0.leaf == Array(name) }
        guard found.count < 2 else {
            let names = found.map { "\(printable($0.node.bytes))/\(target)" }
            throw Failure("there are several of that name: say \(names.joined(separator: " or "))")
        }
        return found.first
    }

    /// `alice`, `1000`, or the node's own name.
    private static func user(
        _ name: [UInt8], _ nodes: [DelegatedHierarchy.NodeName]
    ) -> DelegatedHierarchy.NodeName? {
        if let node = DelegatedHierarchy.NodeName(name), nodes.contains(node) { return node }
        guard let account = (try? Accounts.member(of: name)) ?? nil else { return nil }
        return nodes.first { $0.user == account.person.user }
    }

    /// Ends all that a user runs in his tree, wherever in it: a leaf of threads cannot be ended by itself, and
    /// he can be in his node as well. Only if this runs there too, leaf by leaf.
    private static func kill(
        _ node: DelegatedHierarchy.NodeName, in top: borrowing Cgroup,
        _ hierarchy: borrowing DelegatedHierarchy,
        _ patience: inout Int, _ outcome: inout ChangeReport
    ) throws(Failure) {
        let path = hierarchy.path(node.bytes)
        let own: CgroupPath
        do { own = try UnifiedHierarchy.ownPlace() } catch { throw Failure("\(error)") }
        if own.names.starts(with: [UserCgroup.top, node.bytes]) {
            for place in leaves(of: node, in: top) {
                if own.names.starts(with: [UserCgroup.top, node.bytes, place.leaf]) {
                    outcome.warnings.append(
                        "\(hierarchy.path(node.bytes, place.leaf)) is left alone, because this runs in "
                            + "it: name it to end it too")
                } else {
                    kill(place, in: top, hierarchy, &patience, &outcome)
                }
            }
            return
        }
        do throws(Errno) {
            let cgroup = try top.child(node.bytes)
            try kill(cgroup, &patience, path, &outcome)
            for name in try cgroup.children() {
                let path = hierarchy.path(node.bytes, name)
                if CommandCgroupCleanup.removeIfEmpty(name, from: cgroup) {
                    outcome.changes.append("removed \(path)")
                } else {
                    outcome.problems.append("\(path) cannot be removed")
                }
            }
        } catch { outcome.problems.append("\(path): \(error)") }
    }

    private static func kill(
        _ place: Place, in top: borrowing Cgroup, _ hierarchy: borrowing DelegatedHierarchy,
        _ patience: inout Int, _ outcome: inout ChangeReport
    ) {
        let path = hierarchy.path(place.node.bytes, place.leaf)
        do throws(Errno) {
            let node = try top.child(place.node.bytes)
            let leaf = try node.child(place.leaf)
            do throws(Errno) {
                try kill(leaf, &patience, path, &outcome)
            } catch  where error == .notSupported {
                outcome.problems.append(
                    "\(path) holds threads of processes that belong to \(hierarchy.path(place.node.bytes)): "
                        + "end all that the user runs, with gc --kill \(printable(place.node.bytes))"
                )
                return
            }
            guard CommandCgroupCleanup.removeIfEmpty(place.leaf, from: node) else {
                outcome.problems.append("\(path) cannot be removed")
                return
            }
            outcome.changes.append("removed \(path)")
        } catch  where error == .notFound || error == .noDevice {
            outcome.changes.append("\(path) is gone")
        } catch {
            outcome.problems.append("\(path): \(error)")
        }
    }

    /// Whether anything was seen or not: what goes from one cgroup to another escapes whoever looks.
    private static func kill(
        _ cgroup: borrowing Cgroup, _ patience: inout Int, _ path: String,
        _ outcome: inout ChangeReport
    ) throws(Errno) {
        let inhabitants = CgroupProcesses.all(of: cgroup)
        try cgroup.kill()
        while patience > 0, try cgroup.isPopulated() {
            pause(milliseconds: interval)
            patience -= 1
        }
        if try cgroup.isPopulated() {
            outcome.problems.append(
                "\(path) is not empty yet: \(CgroupProcesses.all(of: cgroup).sentence(atMost: 5))")
        } else if !inhabitants.isEmpty {
            outcome.changes.append("ended \(inhabitants.sentence(atMost: 5)) in \(path)")
        }
    }
}
