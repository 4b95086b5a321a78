internal import HostPaths

/// Whether the administrator gives the user cgroups of his own.
enum LXCUsercgroup: Check {
    static let name = "lxc-usercgroup"

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        guard !cgroups.isSystemd, !facts.subject.isRoot else { return [] }
        let path = Paths.usercgroup
        let user = facts.subject.name
        let line = "\(facts.subject.field) *"
        guard cgroups.policyIsTrusted else {
            return [
                .problem(
                    path,
                    "it can be written by others than root, and berth-run does not believe it",
                    .command("chown root:root /etc/lxc \(path)", by: .root),
                    .command("chmod go-w /etc/lxc \(path)", by: .root))
            ]
        }
        switch cgroups.line {
        case .unknown(let reason): return [.unknown(path, reason)]
        case .faulty(let faulty):
            return [
                .problem(
                    "\(path):\(faulty.number)",
                    "the line that decides for \(user) is not understood: \(faulty.reason)",
                    faulty.fix(in: path))
            ]
        case .none:
            // Then its containers start, and nothing says that they have no limits.
            let limits = facts.config.limits
            let isAsked = !limits.isEmpty || cgroups.policyExists
            let loss =
                limits.isEmpty
                ? "its containers start without any limit"
                : "\(listed(limits)) of \(facts.config.place) is ignored without a word"
            let what = cgroups.policyExists ? "no line gives \(user) cgroups" : "it does not exist"
            return [
                Finding(
                    isAsked ? .problem : .warning, path, "\(what), so \(loss)",
                    [.line(line, to: path, by: .root)])
            ]
        case .line(let number, let wanted, let owner):
            return [.ok("\(path):\(number)", "\(owner) has \(wanted.joined(separator: ","))")]
        }
    }
}
