internal import ArgumentParser
internal import Glibc
internal import Linux
internal import Network

// The bridge service: lxc-net's settings and verbs. Exit status 0: done; 1: failed, and nothing or all
// of it undone; 2: `plan` has found something to change; 3: `status` has found nothing up; 64: usage.

struct BerthNet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-net",
        abstract: "Gives containers a network: a bridge with NAT, DHCP and DNS.",
        discussion: "Settings are those of lxc-net: see berth-net.conf(5).",
        subcommands: [
            Start.self, Stop.self, Restart.self, Reload.self, ForceReload.self, Status.self,
            Plan.self, Run.self, Check.self,
        ])
}

struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the networks up, or up to date.")
    func run() throws { try Door.tell { try Service.open().start() } }
}

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Undo what was made; bridges with containers stay.")
    func run() throws { try Door.tell { try Service.open().stop() } }
}

struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The same as reload, and dnsmasq starts anew.")
    func run() throws {
        try Door.tell {
            var service = try Service.open()
            service.restartsDnsmasq = true
            return try service.start()
        }
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply changed settings under running containers.")
    func run() throws { try Door.tell { try Service.open().start() } }
}

struct ForceReload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "force-reload", abstract: "The same as reload.")
    func run() throws { try Door.tell { try Service.open().start() } }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the networks. Exit 0: up; 1: something is missing; 3: none is up.")
    @Flag(help: "Print JSON.") var json = false
    func run() throws {
        let status = try Door.act { try Service.open().status() }
        try Door.show(json ? status.json : status.text)
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
        let report = try Door.act { try Service.open().plan() }
        Door.warn(report)
        try Door.show(json ? report.json : report.changes.map { "\($0)\n" }.joined())
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
        let supervisor = unsafe getenv("NOTIFY_SOCKET").map { unsafe String(cString: $0) }
        try Door.act { try RunLoop.run(telling: supervisor, readyOn: readyFd) { Door.say($0) } }
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the settings are right, and touch nothing.")
    func run() throws { Door.warn(try Door.act { try Service.open().check() }) }
}

/// What every verb says in the same way.
enum Door {
    static func tell(_ verb: () throws -> Service.Report) throws {
        let report = try act(verb)
        warn(report)
        // It is done, whether anybody can be told of it or not.
        try? printOut(report.changes.map { "\($0)\n" }.joined())
    }

    /// What was asked for.
    static func show(_ text: String) throws {
        do { try printOut(text) } catch {
            say("cannot write the answer: \(error)")
            throw ExitCode(1)
        }
    }

    static func act<Answer>(_ verb: () throws -> Answer) throws -> Answer {
        do { return try verb() } catch {
            for line in "\(error)".split(separator: "\n") { say(String(line)) }
            throw ExitCode(1)
        }
    }

    static func warn(_ report: Service.Report) {
        for warning in report.warnings { say("warning: \(warning)") }
        for failure in report.failures { say("warning: IPv6 is not all there: \(failure)") }
        for place in report.switchedOff {
            say(
                "switched off by USE_LXC_BRIDGE in \(place): set it to \"true\" to have the network"
            )
        }
    }

    /// A line on standard error, which is where supervisors and init scripts look for it.
    static func say(_ line: String) { try? OutputLine.error("berth-net: \(line)") }
}

// dnsmasq, as another user, must find its way to files made under any umask; and the ends of programs
// be waited for, whatever this one was started with.
do { try ProcessSanitizer.sanitize(keepsDescriptors: true) } catch {
    Door.say("cannot begin: \(error)")
    exit(1)
}
BerthNet.main()
