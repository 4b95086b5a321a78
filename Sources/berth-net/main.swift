internal import ArgumentParser
internal import CLI
internal import Glibc
internal import HostPaths
internal import Linux
internal import Network

// The bridge service: lxc-net's settings and verbs. Exit status 0: done; 1: failed, and nothing or all
// of it undone; 2: `plan` has found something to change; 3: `status` has found nothing up; 64: usage.

struct BerthNet: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-net",
        abstract: "Gives containers a network: a bridge with NAT, DHCP and DNS.",
        discussion: "Settings are those of lxc-net: see berth-net.conf(5).",
        version: "berth-net \(Version.number)",
        subcommands: [
            Start.self, Stop.self, Restart.self, Reload.self, ForceReload.self, Status.self,
            Plan.self, Run.self, Check.self,
        ])
}

struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the networks up, or up to date.")
    func run() throws { try BerthNet.report { try Service.open().start() } }
}

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what was made; bridges with containers stay.")
    func run() throws { try BerthNet.report { try Service.open().stop() } }
}

struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The same as reload, and dnsmasq starts anew.")
    func run() throws {
        try BerthNet.report {
            var service = try Service.open()
            service.restartsDnsmasq = true
            return try service.start()
        }
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply changed settings under running containers.")
    func run() throws { try BerthNet.report { try Service.open().start() } }
}

struct ForceReload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "force-reload", abstract: "The same as reload.")
    func run() throws { try BerthNet.report { try Service.open().start() } }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the networks. Exit 0: up; 1: something is missing; 3: none is up.")
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
        abstract: "Print what start or reload would change. Exit 0: nothing; 2: something.")
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
        abstract: "Stay in the foreground, for a supervisor, and mend what is taken away.")
    @Option(help: "Write a line to this descriptor when the networks are up, and close it.")
    var readyFd: Int32?
    func validate() throws {
        guard readyFd.map({ $0 > 2 && fcntl($0, F_GETFD) != -1 }) ?? true else {
            throw ValidationError("--ready-fd needs the number of an open descriptor above 2.")
        }
    }
    func run() throws {
        let supervisor = BerthNet.environment("NOTIFY_SOCKET")
        try BerthNet.attempt {
            try RunLoop.run(telling: supervisor, readyOn: readyFd) { BerthNet.printError($0) }
        }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the settings are right, and touch nothing.")
    func run() throws { BerthNet.warn(try BerthNet.attempt { try Service.open().check() }) }
}

extension BerthNet {
    /// Runs a command that changes the networks, and prints what it changed.
    static func report(_ command: () throws -> Service.Report) throws {
        let report = try attempt(command)
        warn(report)
        // The change is made: a closed standard output is no failure.
        try? printOut(report.changes.map { "\($0)\n" }.joined())
    }

    static func warn(_ report: Service.Report) {
        for warning in report.warnings { printError("warning: \(warning)") }
        for failure in report.failures { printError("warning: IPv6 is not all there: \(failure)") }
        for place in report.switchedOff {
            printError(
                "switched off by USE_LXC_BRIDGE in \(place): set it to \"true\" to have the network"
            )
        }
    }
}

// dnsmasq, as another user, must find its way to files made under any umask; and the ends of programs
// be waited for, whatever this one was started with.
do { try ProcessSanitizer.sanitize(keepsDescriptors: true) } catch {
    BerthNet.printError("cannot begin: \(error)")
    exit(1)
}
BerthNet.main()
