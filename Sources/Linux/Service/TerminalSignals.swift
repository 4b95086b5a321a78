internal import CLinux

/// The signals for a program that draws on a terminal, read from a descriptor: see
/// signalfd(2).
public struct TerminalSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Event: Equatable, Sendable {
        case terminate
        case resize
        /// The user suspends the program, with Control-Z for example.
        case stop
    }

    package static func take() throws(Errno) -> TerminalSignals {
        TerminalSignals(
            descriptor: try .ofSignals([SIGHUP, SIGINT, SIGTERM, SIGWINCH, SIGTSTP]))
    }

    /// The descriptor to poll.
    package var pollDescriptor: Int32 { descriptor.number }

    /// The next event; `nil` if no signal is pending.
    package borrowing func next() -> Event? {
        switch linux_read_signal(descriptor.number) {
        case SIGWINCH: .resize
        case SIGTSTP: .stop
        case SIGHUP, SIGINT, SIGTERM: .terminate
        default: nil
        }
    }

    /// Stops this process until it receives SIGCONT.
    package borrowing func stop() { _ = kill(getpid(), SIGSTOP) }
}
