internal import ArgumentParser
internal import CLI
internal import Linux
internal import StatusReport
internal import Terminal

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show networks, containers' NICs, quotas and cgroups.",
        discussion: """
            Root sees all of it, and everybody else his own; what is not shown is said. Traffic is seen \
            from the container. See berth(1), also for the shape of the JSON.
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Show it anew again and again, until Ctrl-C.")
    var watch = false
    @Option(help: ArgumentHelp("With --watch: how often.", valueName: "seconds"))
    var interval = 2.0

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval is a number of seconds from 0.1 to 3600")
        }
    }

    func run() throws {
        guard watch else { return try Berth.printResult(state()) }
        let milliseconds = Int32(interval * 1000)
        guard Berth.isTerminal, !json else { return try sequence(milliseconds) }
        let text = HostStatusText(Berth.terminal)
        do {
            try Screen.show(every: milliseconds, Berth.terminal) {
                [title] + text.lines(HostStatus.observe())
            }
        } catch { throw Berth.failure("cannot draw on this terminal: \(error)") }
    }

    private var title: StyledText {
        let seconds = interval == interval.rounded() ? "\(Int(interval))" : "\(interval)"
        return StyledText("\(clockText())  every \(seconds) s, Ctrl-C ends", .dim)
    }

    /// For a file or a program: one state after the other, each with an empty line behind it; of JSON,
    /// each in one line.
    private func sequence(_ milliseconds: Int32) throws {
        while true {
            try Berth.printResult(
                json ? HostStatus.observe().json(isPretty: false) : state() + "\n")
            pause(milliseconds: Int(milliseconds))
        }
    }

    private func state() -> String {
        let status = HostStatus.observe()
        guard !json else { return status.json() }
        let text = HostStatusText(Berth.terminal)
        return text.text(text.lines(status))
    }
}

struct Nics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List containers' NICs, with what passed them, seen from the container.")
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let status = HostStatus.observe([.nics])
        let text = HostStatusText(Berth.terminal)
        try Berth.printResult(json ? status.json() : text.text(text.nicTable(status)))
    }
}

struct Leases: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the addresses that containers got by DHCP.")
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let status = HostStatus.observe([.leases])
        let text = HostStatusText(Berth.terminal)
        try Berth.printResult(json ? status.json() : text.text(text.leaseTable(status)))
    }
}
