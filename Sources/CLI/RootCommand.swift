package import ArgumentParser
internal import Glibc
internal import Linux

/// The command that a program's subcommands belong to: how they print, and how they fail.
package protocol RootCommand: ParsableCommand {}

extension RootCommand {
    /// Prints a line to standard error, behind the program's name. Supervisors and init scripts log
    /// that stream.
    package static func printError(_ line: String) {
        try? OutputLine.error("\(configuration.commandName ?? ""): \(line)")
    }

    /// Prints a command's result to standard output.
    /// - Throws: exit status 1, with a message, if the result cannot be written.
    package static func printResult(_ text: String) throws {
        do { try printOut(text) } catch { throw failure("cannot write the result: \(error)") }
    }

    /// Runs the body.
    /// - Throws: exit status 1, with the body's error as the message, one line for each of its
    ///   lines.
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

    /// A variable of the environment; `nil` if it is not set.
    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
