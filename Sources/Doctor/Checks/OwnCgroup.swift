/// Where whoever asks is himself, and whether lxc-start can begin there.
enum OwnCgroup: Check {
    static let name = "own-cgroup"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let own = facts.cgroups.own, !facts.cgroups.isSystemd,
            case .line = facts.cgroups.line
        else { return [] }
        if let conflictingRoute = own.conflictingRoute {
            return [
                .problem(
                    own.path, conflictingRoute,
                    .advice("run berth-run in a session outside that cgroup"))
            ]
        }
        let run = "berth-run lxc-start -n \(facts.subject.container ?? "NAME")"
        // This program itself is one of them.
        guard own.isOwnLeaf, own.others.count <= 1 else {
            return [
                .ok(own.path, "\"\(run)\" gives the container a cgroup; lxc-start alone does not")
            ]
        }
        return [.ok(own.path, "a cgroup of this command's own")]
    }
}
