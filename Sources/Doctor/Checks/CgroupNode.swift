internal import HostPaths

/// Whether the user's cgroup is delegated to them with the controllers that the policy grants.
enum CgroupNode: Check {
    static let name = "cgroup-node"

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        guard !cgroups.isSystemd, cgroups.lookupError == nil,
            case .line(_, let granted, _) = cgroups.line
        else { return [] }
        let top = "\(cgroups.mount)/berth"
        let setup = Fix.command("berth-cgroup setup", by: .root)
        guard cgroups.isSetUp else {
            return [.problem(top, "it does not exist: cgroups are not set up yet", setup)]
        }
        let user = facts.target.name
        let controllers = granted == ["*"] ? cgroups.available : granted
        let unsupported = controllers.filter { !cgroups.available.contains($0) }
        var findings: [Finding] = []
        if !unsupported.isEmpty {
            findings.append(
                .warning(
                    "\(cgroups.mount)/cgroup.controllers",
                    "the kernel does not provide \(listed(unsupported)), which \(Paths.usercgroup) "
                        + "grants \(user)",
                    .advice(
                        "remove it from the line, or boot without cgroup_disable= and without a "
                            + "cgroup version 1 hierarchy that uses it")))
        }
        let disabled = controllers.filter {
            cgroups.available.contains($0) && !cgroups.enabled.contains($0)
        }
        if !disabled.isEmpty {
            findings.append(
                .problem(
                    "\(top)/cgroup.subtree_control",
                    "\(listed(disabled)) is not enabled for users' cgroups", setup))
        }
        guard let cgroup = cgroups.delegated else {
            return findings.isEmpty
                ? [.ok(top, "berth-run creates the cgroup of \(user) at its first use")]
                : findings
        }
        findings += faults(of: cgroup, facts)
        return findings.isEmpty
            ? [.ok(cgroup.path, "delegated to \(user): \(controllers.joined(separator: " "))")]
            : findings
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
                    .command("chown \(user.number) \(cgroup.path)", by: .root)))
        }
        guard cgroup.controllers != nil else {
            return findings + [.unknown(cgroup.path, "only root and its owner may read it")]
        }
        for file in cgroup.delegated where !file.file.lets(user, facts.target.groups, .write) {
            let chown = Fix.command("chown \(user.number) \(file.path)", by: .root)
            let chmod = Fix.command("chmod u+w \(file.path)", by: .root)
            findings.append(
                Finding(
                    .problem, file.path,
                    "\(name) may not write it: containers silently start without a cgroup",
                    (file.file.owner == user ? [] : [chown])
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
