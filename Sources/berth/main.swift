internal import ArgumentParser
internal import CLI
internal import Glibc
internal import HostPaths
internal import Linux
internal import Terminal

// What a user asks of Berth, without any privilege. Exit status 0: nothing is wrong; 1: there are
// problems, or the question could not be answered; 2: usage.

struct Berth: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth",
        abstract: "Tells how unprivileged containers have it on this host.",
        version: "berth \(Version.number)",
        subcommands: [Status.self, Nics.self, Leases.self, Doctor.self])

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var terminal: TerminalCapabilities {
        TerminalCapabilities(isTerminal: isTerminal, variable: environment)
    }
}

// The library's own status for usage is 64; the one that is promised is 2.
do {
    var command = try Berth.parseAsRoot()
    try command.run()
} catch {
    let status = Berth.exitCode(for: error)
    guard status == .validationFailure else { Berth.exit(withError: error) }
    for line in Berth.fullMessage(for: error).split(separator: "\n") {
        try? OutputLine.error(String(line))
    }
    exit(2)
}
