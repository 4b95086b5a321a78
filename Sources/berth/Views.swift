internal import ArgumentParser
internal import CLI
internal import Linux
internal import StatusReport
internal import Terminal

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show networks, containers' NICs, quotas and cgroups.",
        discussion: """
            Root sees everything; other users see their own resources, and a note about what is \
            hidden. Traffic is counted from the container's side. berth(1) describes the JSON.
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Repeat until Ctrl-C.")
    var watch = false
    @Option(help: ArgumentHelp("The interval for --watch.", valueName: "seconds"))
    var interval = 2.0

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval must be from 0.1 to 3600 seconds")
        }
    }

    func run() throws {
        guard watch else { return try Berth.printResult(report()) }
        let milliseconds = Int32(interval * 1000)
        guard Berth.isTerminal, !json else { return try printRepeatedly(milliseconds) }
        let text = HostStatusText(Berth.terminal)
        do {
            try Screen.show(every: milliseconds, Berth.terminal) {
                [title] + text.lines(HostStatus.observe())
            }
        } catch { throw Berth.failure("cannot draw on this terminal: \(error)") }
    }

    private var title: StyledText {
        let seconds = interval == interval.rounded() ? "\(Int(interval))" : "\(interval)"
        return StyledText("\(clockText())  every \(seconds) s, Ctrl-C to exit", .dim)
    }

    /// For output to a file or a pipe: prints an empty line after each report, or each report as
    /// one line of JSON.
    private func printRepeatedly(_ milliseconds: Int32) throws {
        while true {
            try Berth.printResult(
                json ? HostStatus.observe().json(isPretty: false) : report() + "\n")
            pause(milliseconds: Int(milliseconds))
        }
    }

    private func report() -> String {
        let status = HostStatus.observe()
        guard !json else { return status.json() }
        let text = HostStatusText(Berth.terminal)
        return text.text(text.lines(status))
    }
}

struct Nics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List containers' NICs and their traffic, counted from the container's side.")
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let status = HostStatus.observe([.nics])
        let text = HostStatusText(Berth.terminal)
        try Berth.printResult(json ? status.json() : text.text(text.nicTable(status)))
    }
}

struct Leases: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the DHCP leases of containers.")
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let status = HostStatus.observe([.leases])
        let text = HostStatusText(Berth.terminal)
        try Berth.printResult(json ? status.json() : text.text(text.leaseTable(status)))
    }
}
