internal import Linux

/// Whether the programs of `lxc.hook.*` and `lxc.net.N.script.*` can run.
enum Hooks: Check {
    static let name = "hooks"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let hooks = facts.files.hooks
        let findings = hooks.compactMap { finding($0, facts) }
        guard findings.isEmpty, let first = hooks.first else { return findings.bounded(facts) }
        let unknown = hooks.compactMap { untried($0, facts) }
        guard unknown.isEmpty else { return unknown.bounded(facts) }
        return [.ok(first.setting.place.text, "the programs of hooks can run")]
    }

    private static func finding(_ hook: HookFacts, _ facts: Facts) -> Finding? {
        guard let (reason, fixes) = fault(of: hook, facts) else { return nil }
        let effect =
            hook.isFatal
            ? "so the container does not start" : "so LXC does not run it"
        return Finding(
            hook.isFatal ? .problem : .warning, hook.setting.place.text,
            "\(hook.path.quoted), \(hook.setting.key.quoted), \(reason), \(effect)", fixes)
    }

    /// Only a run can show whether the commands of a hook work. The hooks that packages install
    /// work.
    private static func untried(_ hook: HookFacts, _ facts: Facts) -> Finding? {
        guard hook.isFatal, hook.actor != .container, hook.header?.isShellScript == true,
            let file = hook.program?.file, file.owner == facts.target.user
        else { return nil }
        let actor =
            hook.actor == .user
            ? facts.target.name
            : "the container's root, user \(facts.containerRoot?.user.number ?? 0)"
        return .unknown(
            hook.setting.place.text,
            "\(hook.path.quoted), \(hook.setting.key.quoted), is run by \(actor): whether its "
                + "commands work with these rights is not known; if it fails, lxc-start fails with "
                + "\"Script exited with status\" in its log")
    }

    private typealias Fault = (reason: String, fixes: [Fix])

    private static func fault(of hook: HookFacts, _ facts: Facts) -> Fault? {
        let disable = facts.disable(hook.setting.place)
        if let inside = hook.inside {
            switch inside.result.found {
            case .missing:
                return (
                    "does not exist in the container, where this hook runs",
                    [.advice("put it there, or comment the line out:"), disable]
                )
            case .file(let file, let path) where file.mode & 0o111 == 0:
                return ("is not executable", [Init.executable(path, file, facts)])
            default: break
            }
            return fault(of: inside.header, isMissing: inside.interpreter == .missing)
        }
        guard let program = hook.program else { return nil }
        switch program.status {
        case .missing:
            return (
                "does not exist", [.advice("correct the path, or comment the line out:"), disable]
            )
        case .unread:
            let target = facts.target
            return program.closedDirectory(to: target.user, target.groups).map {
                (
                    "is in \($0.path.quoted), which \(target.name) may not search",
                    [.advice("move the program to another directory")]
                )
            }
        case .found(let file): return fault(of: hook, program, file, facts)
        }
    }

    /// - Parameter isMissing: whether its interpreter does not exist.
    private static func fault(of header: ProgramHeader?, isMissing: Bool) -> Fault? {
        if let machine = header?.unsupportedMachine {
            return (machine, [.advice("install the program for the host's architecture")])
        }
        guard isMissing, let name = header?.searchedProgram ?? header?.interpreter else {
            return nil
        }
        if header?.hasCarriageReturn == true {
            return (
                "needs the interpreter \(name.quoted), which does not exist: its lines end with a "
                    + "carriage return (CR LF), as in Windows files",
                [.advice(carriageReturns)]
            )
        }
        return (
            "needs \(name.quoted) to run it, which does not exist",
            [.advice("correct its first line, or install that program")]
        )
    }

    static let carriageReturns = "convert the file, for example with sed -i 's/\\r$//' FILE"

    private static func fault(
        of hook: HookFacts, _ program: PathFacts, _ file: FileAttributes, _ facts: Facts
    ) -> Fault? {
        guard file.isRegular else {
            return ("is not a program", [facts.disable(hook.setting.place)])
        }
        if let fault = Self.fault(of: hook.header, isMissing: hook.missingInterpreter != nil) {
            return fault
        }
        if let failure = hook.failure, hook.isFatal {
            return (
                "fails: its line \(failure.line) \(failure.reason)",
                [
                    .advice("correct the script, or comment the line out:"),
                    facts.disable(hook.setting.place),
                ]
            )
        }
        if program.path.lastComponent == "false", hook.isFatal {
            return ("fails on each run", [facts.disable(hook.setting.place)])
        }
        if file.isOnNoexec {
            return (
                "is on a file system that is mounted noexec",
                [.advice("move it to another file system")]
            )
        }
        if file.mode & 0o111 == 0 {
            return ("is not executable", [Init.executable(program.path, file, facts)])
        }
        guard !facts.target.isRoot else { return nil }
        let word = program.path.shellWord
        let owned = file.owner == facts.target.user ? word : nil
        if hook.actor == .user {
            let target = facts.target
            return file.permits(target.user, target.groups, .search)
                ? nil
                : (
                    "may not be executed by \(target.name)",
                    [
                        owned.map { .command("chmod u+rx \($0)", by: .user) }
                            ?? .advice("let them execute it")
                    ]
                )
        }
        guard let root = facts.containerRoot else { return nil }
        if let directory = program.closedDirectory(to: root.user, [root.group]) {
            return (
                "runs as user \(root.user.number), the container's root, who has no search "
                    + "permission on \(directory.path.quoted)",
                [facts.grant("x", on: directory.path, directory.file)]
            )
        }
        guard
            !file.permits(root.user, [root.group], .search)
                || !file.permits(root.user, [root.group], .read)
        else { return nil }
        return (
            "runs as user \(root.user.number), the container's root, who may not read and execute "
                + "it",
            [
                owned.map { .command("chmod o+rx \($0)", by: .user) }
                    ?? .advice("let all users read and execute it")
            ]
        )
    }
}
