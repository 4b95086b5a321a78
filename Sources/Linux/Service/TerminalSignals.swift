internal import CLinux

/// What happens to a terminal and to whoever draws on it, read like a file instead of interrupting.
public struct TerminalSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Event: Equatable, Sendable {
        case end
        case resize
        /// Somebody wants the terminal back for a while.
        case stop
    }

    package static func take() throws(Errno) -> TerminalSignals {
        TerminalSignals(descriptor: Descriptor(owning: try call { linux_screen_signals() }))
    }

    /// For waiting for them among other things.
    package var readiness: Int32 { descriptor.number }

    /// The next event; `nil` if none has come.
    package borrowing func next() -> Event? {
        switch linux_next_signal(descriptor.number) {
        case SIGWINCH: .resize
        case SIGTSTP: .stop
        case SIGHUP, SIGINT, SIGTERM: .end
        default: nil
        }
    }

    /// Stops this process, until somebody lets it go on.
    package borrowing func stop() { _ = kill(getpid(), SIGSTOP) }
}

/// How much room a terminal has.
package struct TerminalSize: Equatable, Sendable {
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// Of standard output; of a terminal that does not tell, that of a VT100.
    package static var ofOutput: TerminalSize {
        var window = winsize()
        guard unsafe linux_window(STDOUT_FILENO, &window) == 0, window.ws_row > 0, window.ws_col > 0
        else { return TerminalSize(rows: 24, columns: 80) }
        return TerminalSize(rows: Int(window.ws_row), columns: Int(window.ws_col))
    }
}
