internal import CLinux

/// The signals for a program that draws on a terminal, read from a descriptor.
public struct TerminalSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Event: Equatable, Sendable {
        case end
        case resize
        /// The user suspends the program, with Control-Z for example.
        case stop
    }

    package static func take() throws(Errno) -> TerminalSignals {
        TerminalSignals(
            descriptor: try .ofSignals([SIGHUP, SIGINT, SIGTERM, SIGWINCH, SIGTSTP]))
    }

    /// The descriptor to poll.
    package var readiness: Int32 { descriptor.number }

    /// The next event; `nil` if no signal is pending.
    package borrowing func next() -> Event? {
        switch linux_read_signal(descriptor.number) {
        case SIGWINCH: .resize
        case SIGTSTP: .stop
        case SIGHUP, SIGINT, SIGTERM: .end
        default: nil
        }
    }

    /// Stops this process until it receives SIGCONT.
    package borrowing func stop() { _ = kill(getpid(), SIGSTOP) }
}

/// The size of a terminal in characters.
package struct TerminalSize: Equatable, Sendable {
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// The size of the terminal on standard output, or that of a VT100 if it is unknown.
    package static var ofOutput: TerminalSize {
        var window = winsize()
        guard unsafe linux_ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0,
            window.ws_col > 0
        else { return TerminalSize(rows: 24, columns: 80) }
        return TerminalSize(rows: Int(window.ws_row), columns: Int(window.ws_col))
    }
}
