internal import ArgumentParser
internal import CLI
internal import CgroupAdmin
internal import Glibc
internal import HostPaths
internal import Linux

// Root's side of the cgroups that berth-run gives to users. Exit status 0: done; 1: not all of it, with a
// line for each thing that was not; 3: `status` has found nothing set up; 64: usage.

struct BerthCgroup: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-cgroup",
        abstract: "Gives users cgroups of their own, within limits.",
        discussion: "Who gets what is in /etc/lxc/lxc-usercgroup: see lxc-usercgroup(5).",
        version: "berth-cgroup \(Version.number)",
        subcommands: [
            SetUp.self, Reload.self, TearDown.self, Check.self, Status.self, Collect.self, Pam.self,
        ])
}

struct SetUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Prepare the tree of cgroups, at boot.")
    @Flag(
        help:
            "Mount cgroups with favordynmods: commands start some milliseconds sooner, and each fork is dearer."
    )
    var favordynmods = false
    func run() throws {
        try BerthCgroup.report { try Setup.run(favoringMoves: favordynmods) }
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply a changed policy under running containers.")
    func run() throws { try BerthCgroup.report { try Setup.run() } }
}

struct TearDown: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teardown", abstract: "Remove what is empty, and name what is not.")
    func run() throws { try BerthCgroup.report { try Teardown.run() } }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the policy is right, and touch nothing.")
    func run() throws { try BerthCgroup.report { try PolicyCheck.run() } }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show users' cgroups, and what runs in them. Exit 3: not set up.")
    @Flag(help: "Print JSON.") var json = false
    func run() throws {
        let status = try BerthCgroup.attempt { try HierarchyStatus.read() }
        if !json {
            for warning in status.warnings { BerthCgroup.printError("warning: \(warning)") }
        }
        try printOut(json ? status.json : status.text)
        if !status.found { throw ExitCode(3) }
    }
}

struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove what is left over, or end what runs.")
    @Flag(help: "End all that runs in what is named, and remove it.") var kill = false
    @Flag(help: "With --kill: every user's leaves, but not the one in which this runs.")
    var all = false
    @Argument(
        help: "With --kill: users, or leaves as status names them.",
        completion: .custom { _, _, _ in completable((try? HierarchyStatus.read())?.names ?? []) })
    var targets: [String] = []

    func validate() throws {
        guard kill || (targets.isEmpty && !all) else {
            throw ValidationError(
                "gc takes names and --all only with --kill: add that, or name nothing.")
        }
        guard !kill || targets.isEmpty == all else {
            throw ValidationError("Name users or leaves to kill, or --all of them.")
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
        abstract: "For pam_exec(8): give a login a cgroup of its user's own.")

    func run() throws {
        guard isRoot else {
            BerthCgroup.printError("pam_exec(8) runs this as root: say \"seteuid\" in its line")
            throw ExitCode(1)
        }
        guard Self.isOfPAMAlone else {
            let text =
                "not moved: pam_exec(8) must run this through berth-pam, as berth-cgroup(8) says"
            Syslog.write(text, .warning)
            BerthCgroup.printError(text)
            throw ExitCode(1)
        }
        let moments: [String: PAMSession.Moment] = [
            "open_session": .opens, "close_session": .closes,
        ]
        guard let type = BerthCgroup.environment("PAM_TYPE"), let moment = moments[type],
            let user = BerthCgroup.environment("PAM_USER")
        else {
            BerthCgroup.printError(
                "this is for pam_exec(8), in a session line of a file in /etc/pam.d")
            return
        }
        let note = PAMSession.run(
            moment, of: Array(user.utf8),
            by: Array((BerthCgroup.environment("PAM_SERVICE") ?? "").utf8))
        if let note { Syslog.write(note.text, note.isTrouble ? .warning : .information) }
    }

    /// Without berth-pam the variables that users set are here, and the loader has obeyed them before. It is
    /// too late to be safe from those, but not to be noticed: the variables of others are here as well.
    private static var isOfPAMAlone: Bool {
        var place = unsafe environ
        while let variable = unsafe place.pointee {
            guard unsafe strncmp(variable, "PAM_", 4) == 0 else { return false }
            unsafe place += 1
        }
        return true
    }
}

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
