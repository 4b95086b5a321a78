internal import HostPaths

/// Whether the user's own cgroup is there, and is his.
enum CgroupNode: Check {
    static let name = "cgroup-node"

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        guard !cgroups.isSystemd, cgroups.absence == nil,
            case .line(_, let wanted, _) = cgroups.line
        else { return [] }
        let top = "\(cgroups.mount)/berth"
        let setup = "berth-cgroup setup"
        guard cgroups.topExists else {
            return [
                .problem(top, "it is not there: nothing is set up yet", .command(setup, by: .root))
            ]
        }
        let all = wanted == ["*"] ? cgroups.available : wanted
        let absent = wanted == ["*"] ? [] : wanted.filter { !cgroups.available.contains($0) }
        var findings: [Finding] = []
        if !absent.isEmpty {
            findings.append(
                .warning(
                    "\(cgroups.mount)/cgroup.controllers",
                    "the kernel has no \(listed(absent)), which \(Paths.usercgroup) gives "
                        + facts.subject.name,
                    .advice(
                        "take it out of the line, or boot without cgroup_disable= and with no tree of "
                            + "version 1 that holds it")))
        }
        let lost = all.filter { cgroups.available.contains($0) && !cgroups.reaching.contains($0) }
        if !lost.isEmpty {
            findings.append(
                .problem(
                    "\(top)/cgroup.subtree_control",
                    "\(listed(lost)) does not get as far as the users",
                    .command(setup, by: .root)))
        }
        guard let node = cgroups.node else {
            return findings.isEmpty
                ? [.ok(top, "\(facts.subject.name)'s cgroup is made by the first berth-run")]
                : findings
        }
        findings += faults(of: node, facts)
        return findings.isEmpty
            ? [.ok(node.path, "\(facts.subject.name)'s, for \(all.joined(separator: " "))")]
            : findings
    }

    private static func faults(of node: CgroupFacts.Node, _ facts: Facts) -> [Finding] {
        let user = facts.subject.user
        let number = user.number
        var findings: [Finding] = []
        if node.file?.owner != user {
            findings.append(
                .problem(
                    node.path, "the directory is not \(facts.subject.name)'s",
                    .command("chown \(number) \(node.path)", by: .root)))
        }
        guard node.controllers != nil else {
            return findings + [.unknown(node.path, "only root and its owner may look into it")]
        }
        for file in node.delegated where !file.file.lets(user, facts.subject.groups, .write) {
            let chown = Fix.command("chown \(number) \(file.path)", by: .root)
            let chmod = Fix.command("chmod u+w \(file.path)", by: .root)
            let isMode = file.file.mode & 0o200 == 0
            findings.append(
                Finding(
                    .problem, file.path,
                    "\(facts.subject.name) may not write it, so lxc-start uses no cgroup at all, and "
                        + "says nothing",
                    (file.file.owner == user ? [] : [chown]) + (isMode ? [chmod] : [])))
        }
        if let first = node.processes.first {
            let stray = "\(node.path)/run-stray"
            findings.append(
                Finding(
                    .problem, "\(node.path)/cgroup.procs",
                    "\(node.processes.count == 1 ? "process \(first) is" : "processes are") in the "
                        + "user's cgroup itself, so that no controller can be switched on beneath it",
                    [.command("mkdir -p \(stray)", by: .root)]
                        + node.processes.map {
                            .command("echo \($0) > \(stray)/cgroup.procs", by: .root)
                        }))
        }
        return findings
    }
}
