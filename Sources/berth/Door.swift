internal import ArgumentParser
internal import Glibc
internal import Linux
internal import Terminal

/// What every verb does in the same way.
enum Door {
    /// Whether a person sees at once what is printed.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var look: TerminalCapabilities {
        TerminalCapabilities(isTerminal: isTerminal, variable: variable)
    }

    static func show(_ text: String) throws {
        do { try printOut(text) } catch { throw refusal("cannot write the answer: \(error)") }
    }

    static func refusal(_ sentence: String) -> ExitCode {
        say("berth: \(sentence)")
        return ExitCode(1)
    }

    static func usage(_ sentence: String) -> ExitCode {
        say("berth: \(sentence)")
        return ExitCode(2)
    }

    static func say(_ line: String) { try? OutputLine.error(line) }

    static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
