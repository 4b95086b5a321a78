internal import Cgroups
internal import Delegation
internal import HostPaths

/// Whether the host has one tree of cgroups that can be delegated.
enum CgroupTree: Check {
    static let name = "cgroup-tree"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        if let finding = absence(cgroups) { return [finding] }
        guard !cgroups.isSystemd else {
            return [.ok(Paths.systemdRuntime, "systemd makes this host's cgroups")]
        }
        if let remount = cgroups.remount {
            return [
                .warning(
                    cgroups.mount,
                    "it is mounted without nsdelegate, so a process in a container can move others "
                        + "within all that its user has",
                    .command(remount, by: .root), .advice("have it mounted so at boot, too"))
            ]
        }
        return [.ok(cgroups.mount, "one tree of cgroups, version 2")]
    }

    private static func absence(_ cgroups: CgroupFacts) -> Finding? {
        guard let absence = cgroups.absence else { return nil }
        let advice = absence.fix(by: cgroups.mounter).map { [Fix.advice($0)] } ?? []
        switch (absence, cgroups.mounter) {
        case (.legacy, .openRC), (.hybrid, .openRC):
            return .problem(
                cgroups.mount, absence.situation,
                .line(UnifiedHierarchy.LookupError.settingOfOpenRC, to: "/etc/rc.conf", by: .root),
                .advice("boot again"))
        case (.legacy, .systemd), (.hybrid, .systemd):
            // Containers start there all the same, and get no controllers.
            return Finding(.warning, cgroups.mount, absence.situation, advice)
        case (_, .systemd): return nil
        case (.inContainer, _): return .unknown(cgroups.mount, absence.description)
        default: return Finding(.problem, cgroups.mount, absence.situation, advice)
        }
    }
}

/// Whether the administrator gives the user cgroups of his own.
enum CgroupPolicy: Check {
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

extension TargetUser {
    var isRoot: Bool { user == .root }
}
