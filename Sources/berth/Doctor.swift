internal import ArgumentParser
internal import CLI
internal import Doctor
internal import Linux

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a user's container does not start, and what fixes it.",
        discussion: """
            Checks, in the order in which lxc-start would fail, all that LXC and the kernel need. \
            Exit status 0: nothing is wrong; 1: there are problems; 2: usage. See berth(1).
            """)

    @Argument(
        help: "Whose containers; by default your own.",
        completion: .custom { _, _, _ in completable(KnownUsers.all(in: .read()).map(\.name)) })
    var user: String?
    @Flag(help: "Every user in lxc-usernet, lxc-usercgroup or subuid.")
    var all = false
    @Option(
        help: "A container of the user's, whose configuration is judged.",
        completion: .custom { _, _, _ in completable(KnownUsers.containers(of: ownUser)) })
    var container: String?
    @Option(
        help: "A log of lxc-start, whose messages are explained.", completion: .file())
    var log: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if all, user != nil || container != nil {
            throw ValidationError("--all stands for every user: name neither USER nor --container")
        }
        if let container, container.isEmpty || container.contains("/") || container == ".." {
            throw ValidationError("\"\(container)\" cannot be a container's name")
        }
    }

    func run() throws {
        var diagnosis = Diagnosis()
        if let log {
            // A log alone is a question about the log.
            diagnosis.log = try explanation(of: log)
        }
        if log == nil || user != nil || all || container != nil {
            let requester = Requester(
                user: ownUser, runtimeDirectory: Berth.environment("XDG_RUNTIME_DIR"))
            let host = HostSnapshot.observe(for: requester)
            for target in try targets(requester, host.policies) {
                diagnosis.users.append(
                    Diagnosis.UserReport(target, Checks.findings(.observe(target, on: host))))
            }
        }
        try Berth.printResult(json ? diagnosis.json : DiagnosisText(Berth.terminal).text(diagnosis))
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
            throw Berth.failure(
                "there is no user \(printable((user ?? "\(requester.user.number)").utf8))",
                status: 2)
        }
        guard found.user == requester.user || requester.isRoot else {
            throw Berth.failure(
                "only root may ask about others: run it as root, or name no user", status: 2)
        }
        return [TargetUser(found, groups: Accounts.groups(of: found), container: container)]
    }

    private func explanation(of path: String) throws -> LogExplanation {
        let bytes: [UInt8]?
        do throws(Errno) { bytes = try SmallFile.foreignContents(of: path) } catch {
            let name = printable(path.utf8)
            throw error == .invalid
                ? Berth.failure(
                    "\(name) is not a regular file of at most 1 MiB: take its end, as by tail -c 1M"
                )
                : Berth.failure("cannot read \(name): \(error.description)")
        }
        guard let bytes else { throw Berth.failure("there is no file \(printable(path.utf8))") }
        return LogExplanation(of: bytes, file: printable(path.utf8, limit: 4096))
    }
}
