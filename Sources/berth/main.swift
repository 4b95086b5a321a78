internal import ArgumentParser
internal import CLI
internal import Doctor
internal import Glibc
internal import HostPaths
internal import Linux
internal import Terminal
internal import UserFiles

// The unprivileged, read-only program. Exit status 0: no problems; 1: problems; 2: usage.

struct Berth: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth",
        abstract: "Show the state of unprivileged containers, and diagnose why one does not start.",
        version: "berth \(Version.number)",
        subcommands: [Status.self, Nics.self, Leases.self, Metrics.self, Doctor.self])

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var terminal: TerminalCapabilities {
        TerminalCapabilities(isTerminal: isTerminal, variable: environment)
    }
}

// Berth executes itself to read a user's files with the rights of that user.
ReaderProcess.serveIfRequested(programArguments) { serveUserFiles($0, from: &$1) }

// ArgumentParser exits with 64 for usage errors; berth(1) documents 2.
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
