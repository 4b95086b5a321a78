internal import Linux

/// Whether the container has what its init starts: the programs of its inittab(5), systemd's
/// default target or OpenRC's services, and accounts.
enum Boot: Check {
    static let name = "boot"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let boot = facts.files.boot
        let findings =
            table(boot) + steps(boot, facts) + target(boot) + services(boot, facts)
            + accounts(boot, facts)
        guard findings.isEmpty else { return findings.bounded(facts) }
        guard let first = boot.steps.first else { return [] }
        return [.ok(first.place.file.quoted, "the programs that the container's init starts exist")]
    }

    private static func table(_ boot: BootFacts) -> [Finding] {
        if let path = boot.tableOfWindows {
            return [
                .problem(
                    path.quoted,
                    "its lines end with a carriage return (CR LF), as in Windows files, so "
                        + "the container's init finds none of the programs",
                    .advice(Hooks.carriageReturns))
            ]
        }
        guard let path = boot.emptyTable else { return [] }
        return [
            .problem(
                path.quoted,
                "it has no line that starts a program, so the container starts, but does not set "
                    + "itself up: for example, it has no network",
                .advice(
                    "restore the file; if the container's init is busybox, removing the file also "
                        + "helps"))
        ]
    }

    private static func steps(_ boot: BootFacts, _ facts: Facts) -> [Finding] {
        var seen: [UntrustedText] = []
        return boot.steps.compactMap { step in
            guard let (reason, fixes) = step.program.fault(facts),
                !seen.contains(step.program.path)
            else { return nil }
            seen.append(step.program.path)
            let effect =
                step.isEssential
                ? "so the container starts, but does not set itself up: for example, it has no "
                    + "network"
                : nil
            return Finding(
                step.isEssential ? .problem : .warning, step.place.text,
                "\(step.program.path.quoted) \(reason)" + (effect.map { ", \($0)" } ?? ""), fixes)
        }
    }

    private static func target(_ boot: BootFacts) -> [Finding] {
        switch boot.defaultTarget {
        case nil, .found: return []
        case .missing(let path):
            return [
                .problem(
                    path.quoted,
                    "the unit that systemd starts in the container, default.target, does not "
                        + "exist or leads to no unit, so systemd starts no service",
                    .advice(
                        "in the container, link it to a target, for example with systemctl "
                            + "set-default multi-user.target"))
            ]
        case .masked(let path):
            return [
                .problem(
                    path.quoted,
                    "the unit that systemd starts in the container is masked: it leads to "
                        + "/dev/null",
                    .advice(
                        "in the container, run systemctl unmask default.target, and systemctl "
                            + "set-default multi-user.target"))
            ]
        }
    }

    private static func services(_ boot: BootFacts, _ facts: Facts) -> [Finding] {
        var findings = boot.danglingServices.prefix(8).map { path in
            Finding.warning(
                path.quoted,
                "this link in a runlevel of the container does not lead to a service, so OpenRC "
                    + "does not start it",
                .advice("in the container, install the service, or remove the link"))
        }
        if boot.hasNetworkService == false, let name = facts.files.network.names.first {
            findings.append(
                .warning(
                    "/etc/runlevels",
                    "no runlevel of the container has a service that sets up the network, which "
                        + "\(name.place.text) configures",
                    .advice("in the container, run rc-update add networking boot")))
        }
        return findings
    }

    private static func accounts(_ boot: BootFacts, _ facts: Facts) -> [Finding] {
        if boot.hasNoAccounts, !boot.steps.isEmpty || boot.defaultTarget != nil {
            return [
                .warning(
                    "/etc/passwd",
                    "the container has no such file, so its programs cannot look up any account, "
                        + "not even root", .advice("restore it in the root file system"))
            ]
        }
        return boot.accounts.compactMap { account in
            guard account.file.isRegular, account.file.mode & 0o004 == 0 else { return nil }
            return .warning(
                account.path.quoted,
                "only root of the container can read it, so programs of other users cannot look "
                    + "up accounts",
                account.path.shellWord.flatMap {
                    facts.inNamespace("chmod a+r \($0)", of: account.file.owner)
                }.map { .command($0, by: .user) } ?? .advice("let all users read it"))
        }
    }
}
