internal import ArgumentParser
internal import CLI
internal import Glibc
internal import HostPaths
internal import Linux
internal import Network

// The exit statuses are documented in berth-net(8): 64 is ArgumentParser's for usage errors.

struct BerthNet: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-net",
        abstract: "Manage container networks: bridges with NAT, DHCP and DNS.",
        discussion: "The settings are those of lxc-net: see berth-net.conf(5).",
        version: "berth-net \(Version.number)",
        subcommands: [
            Start.self, Stop.self, Restart.self, Reload.self, ForceReload.self, Status.self,
            Plan.self, Run.self, Check.self,
        ])
}

struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the networks up, or update them.")
    func run() throws { try BerthNet.start() }
}

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove the networks, except bridges with containers.")
    func run() throws { try BerthNet.report { try Service.open().stop() } }
}

struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reload, and restart dnsmasq.")
    func run() throws {
        try BerthNet.start(restartsDnsmasq: true)
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply changed settings while containers run.")
    func run() throws { try BerthNet.start() }
}

struct ForceReload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "force-reload", abstract: "Same as reload.")
    func run() throws { try BerthNet.start() }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the networks. Exit status 0: up; 1: incomplete; 3: none is up.")
    @Flag(help: "Print JSON.") var json = false
    func run() throws {
        let status = try BerthNet.attempt { try Service.open().status() }
        try BerthNet.printResult(json ? status.json : status.text)
        switch status.state {
        case .up: return
        case .incomplete: throw ExitCode(1)
        case .down: throw ExitCode(3)
        }
    }
}

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what reload would change. Exit status 0: no changes; 2: changes.")
    @Flag(help: "Print JSON.") var json = false
    func run() throws {
        let report = try BerthNet.attempt { try Service.open().plan() }
        BerthNet.warn(report)
        try BerthNet.printResult(json ? report.json : report.changes.map { "\($0)\n" }.joined())
        if !report.changes.isEmpty { throw ExitCode(2) }
    }
}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the networks up, and stay in the foreground to restore them.")
    @Option(help: "When the networks are up, write a line to this file descriptor.")
    var readyFd: Int32?
    func validate() throws {
        guard readyFd.map({ $0 > 2 && fcntl($0, F_GETFD) != -1 }) ?? true else {
            throw ValidationError("--ready-fd needs an open file descriptor above 2.")
        }
    }
    func run() throws {
        let supervisor = BerthNet.environment("NOTIFY_SOCKET")
        try BerthNet.attempt {
            try RunLoop.run(notifying: supervisor, readyOn: readyFd) { BerthNet.printError($0) }
        }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether start would succeed, and change nothing.")
    func run() throws { BerthNet.warn(try BerthNet.attempt { try Service.open().check() }) }
}

extension BerthNet {
    static func start(restartsDnsmasq: Bool = false) throws {
        try report {
            var service = try Service.open()
            service.restartsDnsmasq = restartsDnsmasq
            return try service.start { printError("warning: \($0)") }
        }
    }

    /// Runs a command that changes the networks, and prints what it changed.
    static func report(_ command: () throws -> Service.Report) throws {
        let report = try attempt(command)
        warn(report)
        // The changes have been made, even if standard output is closed.
        try? printOut(report.changes.map { "\($0)\n" }.joined())
    }

    static func warn(_ report: Service.Report) {
        for warning in report.warnings { printError("warning: \(warning)") }
        for failure in report.failures { printError("warning: \(failure)") }
        for place in report.switchedOff {
            printError(
                "a network is switched off by USE_LXC_BRIDGE in \(place): set it to \"true\" to "
                    + "enable the network")
        }
    }
}

// Reset the umask: dnsmasq, as another user, must be able to read the files that this process
// writes. Reset the action for SIGCHLD too: if the caller ignores that signal, this process cannot
// wait for its children.
do { try ProcessSanitizer.sanitize(keepsDescriptors: true) } catch {
    BerthNet.printError("cannot start: \(error)")
    exit(1)
}
BerthNet.main()
