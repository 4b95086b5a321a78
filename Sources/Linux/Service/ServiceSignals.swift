internal import CLinux

/// The signals that control a service, read from a descriptor: see signalfd(2).
public struct ServiceSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Event: Equatable, Sendable {
        case reload
        case terminate
    }

    /// Blocks SIGHUP, SIGINT and SIGTERM from here on.
    package static func take() throws(Errno) -> ServiceSignals {
        ServiceSignals(descriptor: try .ofSignals([SIGHUP, SIGINT, SIGTERM]))
    }

    /// The descriptor to poll.
    package var pollDescriptor: Int32 { descriptor.number }

    /// The next event; `nil` if no signal is pending.
    package borrowing func next() -> Event? {
        switch linux_read_signal(descriptor.number) {
        case SIGHUP: .reload
        case SIGTERM, SIGINT: .terminate
        default: nil
        }
    }
}
