internal import ArgumentParser
internal import CLI
internal import CgroupAdmin
internal import CgroupStatus
internal import Glibc
internal import HostPaths
internal import Linux

// Manages the cgroups that berth-run gives to users. Exit status 0: success; 1: error, with a line
// for each; 3: `status` found that setup was not run; 64: usage.

struct BerthCgroup: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-cgroup",
        abstract: "Manage delegated cgroups for unprivileged containers.",
        discussion: "Users and limits are in /etc/lxc/lxc-usercgroup: see lxc-usercgroup(5).",
        version: "berth-cgroup \(Version.number)",
        subcommands: [
            SetUp.self, Reload.self, TearDown.self, Check.self, Status.self, Collect.self, Pam.self,
        ])
}

struct SetUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Prepare users' cgroups, at boot.")
    @Flag(help: "Mount cgroups with favordynmods: commands start sooner, forks take longer.")
    var favordynmods = false
    func run() throws {
        try BerthCgroup.report { try Setup.run(favordynmods: favordynmods) }
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply a changed lxc-usercgroup while containers run.")
    func run() throws { try BerthCgroup.report { try Setup.run() } }
}

struct TearDown: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teardown", abstract: "Remove empty cgroups, and list the others.")
    func run() throws { try BerthCgroup.report { try Teardown.run() } }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate lxc-usercgroup, and change nothing.")
    func run() throws { try BerthCgroup.report { try UsercgroupCheck.run() } }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show users' cgroups and their processes. Exit status 3: not set up.")
    @Flag(help: "Print JSON.") var json = false
    func run() throws {
        let status = try BerthCgroup.attempt { try HierarchyStatus.read() }
        if !json {
            for warning in status.warnings { BerthCgroup.printError("warning: \(warning)") }
        }
        try printOut(json ? status.json : status.text)
        if !status.isSetUp { throw ExitCode(3) }
    }
}

struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove empty cgroups, or kill processes.")
    @Flag(help: "Kill all processes in the targets, and remove the cgroups.") var kill = false
    @Flag(help: "With --kill, all users. The command cgroup of this process is skipped.")
    var all = false
    @Argument(
        help: "With --kill, users or command cgroups, named as in the output of status.",
        completion: .custom { _, _, _ in completable((try? HierarchyStatus.read())?.names ?? []) })
    var targets: [String] = []

    func validate() throws {
        guard kill || (targets.isEmpty && !all) else {
            throw ValidationError(
                "Targets and --all require --kill.")
        }
        guard !kill || targets.isEmpty == all else {
            throw ValidationError("Name users or command cgroups to kill, or use --all.")
        }
    }

    func run() throws {
        try BerthCgroup.report {
            guard kill else { return try GarbageCollector.run() }
            return all ? try Kill.runAll() : try Kill.run(targets)
        }
    }
}

struct Pam: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "For pam_exec(8): move a login into a cgroup of its user.")

    func run() throws {
        guard isRoot else {
            BerthCgroup.printError(
                "this must run as root: add \"seteuid\" to the line of pam_exec(8)")
            throw ExitCode(1)
        }
        guard Self.hasOnlyPAMVariables else {
            let text =
                "session not moved: pam_exec(8) must run this through berth-pam; see "
                + "berth-cgroup(8)"
            Syslog.write(text, .warning, as: "berth-cgroup")
            BerthCgroup.printError(text)
            throw ExitCode(1)
        }
        let events: [String: PAMSession.Event] = [
            "open_session": .open, "close_session": .close,
        ]
        guard let type = BerthCgroup.environment("PAM_TYPE"), let event = events[type],
            let user = BerthCgroup.environment("PAM_USER")
        else {
            BerthCgroup.printError(
                "only pam_exec(8) can run this, from a session line of a file in /etc/pam.d")
            return
        }
        let entry = PAMSession.run(
            event, of: Array(user.utf8),
            by: Array((BerthCgroup.environment("PAM_SERVICE") ?? "").utf8))
        if let entry {
            Syslog.write(entry.text, entry.isError ? .warning : .information, as: "berth-cgroup")
        }
    }

    /// Whether the environment has only the variables that berth-pam passes on. Without berth-pam
    /// it may have variables that users have set, which have already affected the dynamic loader:
    /// it is too late to prevent that, but not to report it.
    private static var hasOnlyPAMVariables: Bool {
        var place = unsafe environ
        while let variable = unsafe place.pointee {
            guard unsafe strncmp(variable, "PAM_", 4) == 0 else { return false }
            unsafe place += 1
        }
        return true
    }
}

/// Output and exit status of all subcommands.
extension BerthCgroup {
    /// Runs a command, and prints what it changed and what failed.
    static func report(_ command: () throws -> ChangeReport) throws {
        let outcome = try attempt(command)
        for warning in outcome.warnings { printError("warning: \(warning)") }
        for problem in outcome.problems { printError(problem) }
        try printOut(outcome.changes.map { "\($0)\n" }.joined())
        if !outcome.problems.isEmpty { throw ExitCode(1) }
    }
}

BerthCgroup.main()
