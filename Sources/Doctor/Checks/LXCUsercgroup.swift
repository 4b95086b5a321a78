internal import HostPaths
internal import Linux

/// Whether `/etc/lxc/lxc-usercgroup` grants the user a cgroup.
enum LXCUsercgroup: Check {
    static let name = "lxc-usercgroup"

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        guard !cgroups.isSystemd, !facts.target.isRoot else { return [] }
        let path = Paths.usercgroup
        guard cgroups.policy.isTrusted else {
            return [facts.cgroups.policy.untrusted(path, for: "berth-run")]
        }
        switch cgroups.line {
        case .unknown(let reason): return [.unknown(path, reason)]
        case .invalid(let line):
            return [
                .problem(
                    "\(path):\(line.number)",
                    "the line for \(facts.target.name) is invalid: \(line.reason)",
                    line.fix(in: path))
            ]
        case .none: return [noLine(facts)]
        case .line(let number, let controllers, let owner, let missing):
            guard missing.limits.isEmpty else {
                return missing.limits.map { limit in
                    .problem(
                        "\(path):\(number)", "\(limit), so berth-run refuses the line",
                        .advice(limit.fix), .command("berth-cgroup reload", by: .root))
                }
            }
            return [
                .ok("\(path):\(number)", "grants \(owner) \(controllers.joined(separator: ","))")
            ]
        }
    }

    /// lxc-start silently ignores the limits of containers without a cgroup of their own.
    private static func noLine(_ facts: Facts) -> Finding {
        let limits = facts.config.limits.prefix(4)
        let exists = facts.cgroups.policy.exists
        let effect =
            limits.isEmpty
            ? "containers start without limits"
            : "lxc-start silently ignores \(listed(limits.map(\.quoted))) in "
                + facts.config.path.quoted
        let cause = exists ? "no line grants \(facts.target.name) a cgroup" : "it does not exist"
        return Finding(
            limits.isEmpty && !exists ? .warning : .problem, Paths.usercgroup,
            "\(cause), so \(effect)",
            [.line("\(facts.target.ownerField) *", to: Paths.usercgroup, by: .root)])
    }
}
