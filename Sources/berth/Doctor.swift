internal import ArgumentParser
internal import CLI
internal import Doctor
internal import Linux
internal import UserFiles

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Diagnose why a user's containers do not start, and print fixes.",
        discussion: """
            Checks everything that LXC and the kernel need, in the order in which lxc-start would \
            fail. Exit status 0: no problems; 1: problems; 2: usage. See berth(1).
            """)

    @Argument(
        help: "The user whose containers to check (default: yourself).",
        completion: .custom { _, _, _ in completable(KnownUsers.all(in: .read()).map(\.name)) })
    var user: String?
    @Flag(help: "Check every user in lxc-usernet, lxc-usercgroup or subuid; end with a summary.")
    var all = false
    @Option(
        help: "Check the configuration of this container.",
        completion: .custom { _, _, _ in
            completable(KnownUsers.containers(of: ownUser).compactMap(\.shellWord))
        })
    var container: String?
    @Option(
        help: "Explain the messages in this log of lxc-start.", completion: .file())
    var log: String?
    @Flag(
        help: "Send packets of the full size to the other hosts of networks with LXC_VXLAN.")
    var probe = false
    @Flag(help: "Show only what is wrong.")
    var problems = false
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if all, user != nil || container != nil {
            throw ValidationError("--all cannot be combined with USER or --container")
        }
        if probe, ownUser != .root {
            throw ValidationError("only root may use --probe")
        }
        if let container, container.isEmpty || container.contains("/") || container == ".." {
            throw ValidationError(
                "\(UntrustedText(container).quoted) is not a valid container name")
        }
    }

    func run() throws {
        var diagnosis = Diagnosis()
        if let log {
            diagnosis.log = try explanation(of: log)
        }
        if log == nil || user != nil || all || container != nil {
            func variable(_ name: String) -> UntrustedText? {
                Berth.environment(name).map { UntrustedText($0) }
            }
            let requester = Requester(
                user: ownUser,
                environment: SessionEnvironment(
                    runtimeDirectory: variable("XDG_RUNTIME_DIR"), home: variable("HOME"),
                    searchPath: variable("PATH")))
            let host = HostSnapshot.observe(for: requester, probes: probe)
            for facts in Facts.observe(try targets(requester, host.policies), on: host) {
                diagnosis.users.append(
                    Diagnosis.UserReport(facts.target, Checks.findings(facts)))
            }
            diagnosis.isOfAllUsers = all
        }
        try Berth.printResult(
            json
                ? diagnosis.json(onlyProblems: problems)
                : DiagnosisText(Berth.terminal, onlyProblems: problems).text(diagnosis))
        if diagnosis.hasProblems { throw ExitCode(1) }
    }

    private func targets(
        _ requester: Requester, _ policies: PolicyFiles
    ) throws -> [TargetUser] {
        if all {
            let users = KnownUsers.all(in: policies)
            return requester.isRoot ? users : users.filter { $0.user == requester.user }
        }
        let found: Account?
        do throws(Errno) {
            found =
                if let user { try Accounts.account(named: Array(user.utf8)) } else {
                    try Accounts.account(of: requester.user)
                }
        } catch { throw Berth.failure("cannot look up users: \(error.description)") }
        guard let found else {
            let name = user ?? "\(requester.user.number)"
            let reason = AccountSources.reasonUnknown(name).map { ": \($0)" } ?? ""
            throw Berth.failure(
                "no such user: \(printable(name.utf8))\(reason)", status: reason.isEmpty ? 2 : 1)
        }
        guard found.user == requester.user || requester.isRoot else {
            throw Berth.failure(
                "only root may check other users: run this as root, or omit USER", status: 2)
        }
        return [
            TargetUser(
                found, groups: Accounts.groups(of: found),
                container: container.map { UntrustedText($0) })
        ]
    }

    private func explanation(of path: String) throws -> LXCLogExplanation {
        let name = UntrustedText(path).quoted
        do {
            let host = LXCLogHost.observe(isRoot: ownUser == .root)
            guard let log = try LXCLogExplanation.read(absolute(path), on: host) else {
                throw Berth.failure("no such file: \(name)")
            }
            return log
        } catch let reason as UnreadReason {
            let hint =
                reason == .refused(.isTooLarge) ? ": shorten it, for example with tail -c 1M" : ""
            throw Berth.failure("cannot read \(name): \(reason)\(hint)")
        }
    }

    /// Makes the path absolute: the process that reads the file has another working directory.
    private func absolute(_ path: String) -> UntrustedText {
        guard !path.hasPrefix("/"), let here = FileAttributes.realPath(of: ".") else {
            return UntrustedText(path)
        }
        return UntrustedText("\(here)/\(path)")
    }
}
