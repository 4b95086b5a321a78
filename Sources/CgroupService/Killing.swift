internal import Cgroups
internal import Delegation
internal import Linux

/// Ends what runs in users' cgroups, by the kernel's cgroup.kill: nothing that is born meanwhile escapes.
package enum Killing {
    /// - Parameter target: a user's name or number, a leaf's name, or `u1000/run-3k9x02ba`.
    package static func run(_ targets: [String]) throws(Failure) -> Outcome {
        let hierarchy = try Hierarchy.open()
        var outcome = Outcome()
        guard let top = try hierarchy.top() else {
            throw Failure("\(hierarchy.path()) is not there, so nothing runs in it")
        }
        let nodes = try hierarchy.contents(of: top).nodes
        for target in targets {
            let (places, isExplicit) = try places(target, nodes, in: top)
            guard !places.isEmpty else {
                outcome.problems.append(
                    "\(printable(target.utf8)) is neither a user who has a cgroup nor a leaf: see "
                        + "berth-cgroup status")
                continue
            }
            for place in places {
                try kill(place, sparingOwn: !isExplicit, in: top, hierarchy, &outcome)
            }
        }
        return outcome
    }

    /// All users' leaves but the one in which this runs.
    package static func runAll() throws(Failure) -> Outcome {
        let hierarchy = try Hierarchy.open()
        var outcome = Outcome()
        guard let top = try hierarchy.top() else { return outcome }
        for node in try hierarchy.contents(of: top).nodes {
            for place in leaves(of: node, in: top) {
                try kill(place, sparingOwn: true, in: top, hierarchy, &outcome)
            }
        }
        return outcome
    }

    private struct Place: Equatable {
        let node: Hierarchy.NodeName
        let leaf: [UInt8]
    }

    private static func leaves(
        of node: Hierarchy.NodeName, in top: borrowing Cgroup
    ) -> [Place] {
        guard let cgroup = try? top.child(node.bytes) else { return [] }
        return ((try? cgroup.children()) ?? []).map { Place(node: node, leaf: $0) }
    }

    private static func places(
        _ target: String, _ nodes: [Hierarchy.NodeName], in top: borrowing Cgroup
    ) throws(Failure) -> (places: [Place], isExplicit: Bool) {
        let parts = Array(target.utf8).split(separator: 0x2f, omittingEmptySubsequences: false)
        if parts.count == 2, let node = Hierarchy.NodeName(Array(parts[0])), nodes.contains(node) {
            let place = Place(node: node, leaf: Array(parts[1]))
            return (leaves(of: node, in: top).filter { $0 == place }, true)
        }
        guard parts.count == 1 else { return ([], true) }
        if let node = user(Array(target.utf8), nodes) { return (leaves(of: node, in: top), false) }
        var found: [Place] = []
        for node in nodes {
            found += leaves(of: node, in: top).filter { $0.leaf.elementsEqual(target.utf8) }
        }
        guard found.count < 2 else {
            let names = found.map { "\(printable($0.node.bytes))/\(target)" }
            throw Failure("there are several of that name: say \(names.joined(separator: " or "))")
        }
        return (found, true)
    }

    /// `alice`, `1000`, or the node's own name.
    private static func user(
        _ name: [UInt8], _ nodes: [Hierarchy.NodeName]
    ) -> Hierarchy.NodeName? {
        if let node = Hierarchy.NodeName(name), nodes.contains(node) { return node }
        guard let account = (try? Accounts.member(of: name)) ?? nil else { return nil }
        return nodes.first { $0.user == account.person.user }
    }

    private static func kill(
        _ place: Place, sparingOwn: Bool, in top: borrowing Cgroup,
        _ hierarchy: borrowing Hierarchy, _ outcome: inout Outcome
    ) throws(Failure) {
        let path = hierarchy.path(place.node.bytes, place.leaf)
        if sparingOwn, try isOwn(place) {
            outcome.warnings.append(
                "\(path) is left alone, because this runs in it: name it to end it too")
            return
        }
        do throws(Errno) {
            let node = try top.child(place.node.bytes)
            let leaf = try node.child(place.leaf)
            let inhabitants = Inhabitants.all(of: leaf)
            if !inhabitants.isEmpty { try leaf.kill() }
            for _ in 0..<500 where try leaf.isPopulated() { pause(milliseconds: 10) }
            guard LeafCollection.isRemoved(place.leaf, from: node) else {
                outcome.problems.append(
                    "\(path) is not empty yet: \(Inhabitants.all(of: leaf).sentence(atMost: 5))")
                return
            }
            outcome.changes.append(
                inhabitants.isEmpty
                    ? "removed \(path)"
                    : "ended \(inhabitants.sentence(atMost: 5)) and removed \(path)")
        } catch  where error == .notFound || error == .noDevice {
            outcome.changes.append("\(path) is gone")
        } catch {
            outcome.problems.append("\(path): \(error)")
        }
    }

    private static func isOwn(_ place: Place) throws(Failure) -> Bool {
        let own: CgroupPath
        do { own = try UnifiedTree.ownPlace() } catch { throw Failure("\(error)") }
        return own.names.starts(with: [UserNode.top, place.node.bytes, place.leaf])
    }
}
