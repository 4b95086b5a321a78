package import ArgumentParser
internal import Glibc
internal import Linux

/// A program's top-level command: how it and its subcommands print and fail.
package protocol RootCommand: ParsableCommand {}

extension RootCommand {
    /// Prints a line with the program's name as prefix to standard error, which supervisors log.
    package static func printError(_ line: String) {
        try? OutputLine.error("\(configuration.commandName ?? ""): \(line)")
    }

    /// - Throws: exit status 1, with a message, if the result cannot be written.
    package static func printResult(_ text: String) throws {
        do { try printOut(text) } catch { throw failure("cannot write the result: \(error)") }
    }

    /// - Throws: exit status 1, after printing each line of the body's error.
    package static func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            for line in "\(error)".split(separator: "\n") { printError(String(line)) }
            throw ExitCode(1)
        }
    }

    /// Prints a message, and returns the exit status that goes with it.
    package static func failure(_ message: String, status: Int32 = 1) -> ExitCode {
        printError(message)
        return ExitCode(status)
    }

    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
