internal import Delegation
internal import HostPaths
internal import Linux

/// Whether the user's cgroup is delegated to them with the controllers that the policy grants.
enum CgroupNode: Check {
    static let name = "cgroup-node"

    /// Used instead of chown: setup sets the limits before it gives the cgroup to the user.
    private static let setup = Fix.command("berth-cgroup setup", by: .root)

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        guard !cgroups.isSystemd, cgroups.lookupError == nil,
            case .line(let number, let granted, _, let missing) = cgroups.line
        else { return [] }
        let top = "\(cgroups.mount)/berth"
        guard cgroups.isSetUp else {
            return [.problem(top, "it does not exist: cgroups are not set up yet", setup)]
        }
        let user = facts.target.name
        let controllers = granted == ["*"] ? cgroups.available : granted
        let unsupported = missing.controllers.map(\.description)
        var findings: [Finding] = []
        if !unsupported.isEmpty {
            findings.append(
                .warning(
                    "\(cgroups.mount)/cgroup.controllers",
                    "the kernel does not provide \(listed(unsupported)), which \(Paths.usercgroup) "
                        + "grants \(user)",
                    .advice(
                        "boot without cgroup_disable= and without a cgroup version 1 hierarchy "
                            + "that uses the controller, or remove it from the line")))
        }
        let disabled = controllers.filter {
            cgroups.available.contains($0) && !cgroups.enabled.contains($0)
        }
        if !disabled.isEmpty {
            findings.append(
                .problem(
                    "\(top)/cgroup.subtree_control",
                    "not enabled for users' cgroups: \(listed(disabled))", setup))
        }
        guard let cgroup = cgroups.delegated else {
            return findings.isEmpty
                ? [.ok(top, "berth-run creates the cgroup of \(user) when \(user) first runs it")]
                : findings
        }
        if let fault = unappliedLimit(in: cgroup, line: number, missing, facts) {
            // Do not suggest changing owners before the limits are in force.
            return findings + [fault]
        }
        findings += faults(of: cgroup, facts)
        return findings.isEmpty
            ? [.ok(cgroup.path, "delegated to \(user): \(controllers.joined(separator: " "))")]
            : findings
    }

    /// The finding for a cgroup in which not all limits of the line are in force.
    private static func unappliedLimit(
        in cgroup: CgroupFacts.DelegatedCgroup, line: Int, _ missing: MissingSupport, _ facts: Facts
    ) -> Finding? {
        let isIncomplete = cgroup.isComplete.map { !$0 } ?? (cgroup.file?.owner == .root)
        guard isIncomplete || !cgroup.rejectedLimit.isEmpty else { return nil }
        let cause =
            cgroup.rejectedLimit.isEmpty
            ? "berth-cgroup has not set all limits of line \(line) in it"
            : "the kernel rejected \(cgroup.rejectedLimit) of line \(line)"
        let correction =
            missing.limits.isEmpty && cgroup.rejectedLimit.isEmpty
            ? [] : [Fix.advice("correct line \(line) of \(Paths.usercgroup)")]
        return Finding(
            .problem, cgroup.path, "\(cause), so \(facts.target.name) cannot use it",
            correction + [setup])
    }

    private static func faults(
        of cgroup: CgroupFacts.DelegatedCgroup, _ facts: Facts
    ) -> [Finding] {
        let user = facts.target.user
        let name = facts.target.name
        var findings: [Finding] = []
        if cgroup.file?.owner != user {
            findings.append(
                .problem(
                    cgroup.path, "the directory does not belong to \(name)",
                    setup))
        }
        guard cgroup.controllers != nil else {
            return findings + [.unknown(cgroup.path, "only root and its owner may read it")]
        }
        for file in cgroup.delegated where !file.file.permits(user, facts.target.groups, .write) {
            let chmod = Fix.command("chmod u+w \(file.path)", by: .root)
            findings.append(
                Finding(
                    .problem, file.path,
                    "\(name) may not write it: containers silently start without a cgroup",
                    (file.file.owner == user ? [] : [setup])
                        + (file.file.mode & 0o200 == 0 ? [chmod] : [])))
        }
        if let first = cgroup.processes.first {
            let stray = "\(cgroup.path)/run-stray"
            findings.append(
                Finding(
                    .problem, "\(cgroup.path)/cgroup.procs",
                    (cgroup.processes.count == 1 ? "process \(first) is" : "processes are")
                        + " in the user's cgroup itself, so no controller can be enabled below it",
                    [.command("mkdir -p \(stray)", by: .root)]
                        + cgroup.processes.map {
                            .command("echo \($0) > \(stray)/cgroup.procs", by: .root)
                        }))
        }
        return findings
    }
}
