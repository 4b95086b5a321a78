/// Whether the requester is in a cgroup in which lxc-start can create others, or which berth-run
/// may leave.
enum OwnCgroup: Check {
    static let name = "own-cgroup"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let current = facts.cgroups.current, !facts.cgroups.isSystemd,
            case .line = facts.cgroups.line
        else { return [] }
        if let error = current.leaveError {
            return [
                .problem(
                    current.path, error,
                    .advice("run berth-run in a session outside that cgroup"))
            ]
        }
        // berth itself is one of the processes.
        guard current.isCommandCgroup, current.processes.count <= 1 else {
            let name = facts.target.container?.shellWord ?? "NAME"
            let command = "berth-run lxc-start -n \(name)"
            return [
                .ok(
                    current.path,
                    "start containers with \"\(command)\": lxc-start alone gives them no cgroup")
            ]
        }
        return [.ok(current.path, "a cgroup for this command alone")]
    }
}
