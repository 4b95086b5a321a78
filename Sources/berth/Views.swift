internal import ArgumentParser
internal import CLI
internal import Doctor
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

    @Option(
        help: "Show only what belongs to this user.",
        completion: .custom { _, _, _ in completable(KnownUsers.all(in: .read()).map(\.name)) })
    var user: String?
    @Option(
        help: "Show only this bridge, and what is attached to it.",
        completion: .custom { _, _, _ in completable(HostStatus.bridges()) })
    var bridge: String?
    @Flag(help: "Show only what is wrong.")
    var problems = false
    @Option(
        help: ArgumentHelp(
            "Sort by memory, cpu or traffic, highest first.", valueName: "use"))
    var sort: StatusSelection.Order?
    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Repeat until q or Ctrl-C, and show rates.")
    var watch = false
    @Option(help: ArgumentHelp("The interval for --watch.", valueName: "seconds"))
    var interval = 2.0

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval must be from 0.1 to 3600 seconds")
        }
        if json, problems || sort != nil {
            throw ValidationError("--json cannot be combined with --problems or --sort")
        }
    }

    func run() throws {
        let first = HostStatus.observe()
        try checkNames(in: first)
        guard watch else { return try Berth.printResult(report(first.selecting(selection))) }
        let milliseconds = Int32(interval * 1000)
        guard Berth.isTerminal, !json else { return try printRepeatedly(milliseconds) }
        var view = text(width: TerminalCapabilities.width)
        var observations = Observations(first.selecting(selection))
        do {
            try Screen.show(every: milliseconds, Berth.terminal) { () throws(Never) in
                observations.add(HostStatus.observe().selecting(selection))
            } page: { size in
                view = text(width: size.columns)
                view.rates = observations.rates
                return [title] + view.lines(observations.latest)
            }
        } catch { throw Berth.failure("cannot draw on this terminal: \(error)") }
    }

    private var selection: StatusSelection {
        StatusSelection(user: user, bridge: bridge, onlyProblems: problems, order: sort)
    }

    /// An unknown name is a usage error, unless it is that of a user without containers.
    private func checkNames(in status: HostStatus) throws {
        if let bridge, !status.knows(bridge: bridge) {
            throw Berth.failure(
                "no such bridge: \(UntrustedText(bridge).quoted)", status: 2)
        }
        guard let user, !status.knows(user: user) else { return }
        let account: UserID?
        do throws(Errno) { account = try Accounts.user(named: Array(user.utf8)) } catch {
            throw Berth.failure("cannot look up users: \(error.description)")
        }
        if account == nil {
            throw Berth.failure("no such user: \(UntrustedText(user).quoted)", status: 2)
        }
    }

    private func text(width: Int) -> HostStatusText {
        HostStatusText(Berth.terminal, width: width, selection)
    }

    private var title: StyledText {
        let seconds = interval == interval.rounded() ? "\(Int(interval))" : "\(interval)"
        return StyledText("\(clockText())  every \(seconds) s, Ctrl-C to exit", .dim)
    }

    /// For output to a file or a pipe: prints an empty line after each report, or each report as
    /// one line of JSON.
    private func printRepeatedly(_ milliseconds: Int32) throws {
        while true {
            let status = HostStatus.observe().selecting(selection)
            try Berth.printResult(json ? status.json(isPretty: false) : report(status) + "\n")
            pause(milliseconds: Int(milliseconds))
        }
    }

    private func report(_ status: HostStatus) -> String {
        guard !json else { return status.json() }
        let text = self.text(
            width: Berth.isTerminal ? TerminalSize.ofOutput.columns : TerminalCapabilities.width)
        return text.text(text.lines(status))
    }
}

/// The last two statuses that were observed.
private struct Observations {
    private(set) var latest: HostStatus
    /// `nil` until there are two.
    private(set) var rates: StatusRates?
    private var time = monotonicMilliseconds()

    init(_ first: HostStatus) { latest = first }

    mutating func add(_ status: HostStatus) {
        let now = monotonicMilliseconds()
        rates = StatusRates(from: latest, to: status, after: now - time)
        latest = status
        time = now
    }
}

extension StatusSelection.Order: ExpressibleByArgument {}

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
