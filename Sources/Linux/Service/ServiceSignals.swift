internal import CLinux

/// The signals that control a service, read from a descriptor.
public struct ServiceSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Order: Equatable, Sendable {
        case reload
        case end
    }

    /// Blocks SIGHUP, SIGINT and SIGTERM from here on.
    package static func take() throws(Errno) -> ServiceSignals {
        ServiceSignals(descriptor: try .ofSignals([SIGHUP, SIGINT, SIGTERM]))
    }

    /// The descriptor to poll.
    package var readiness: Int32 { descriptor.number }

    /// The next order; `nil` if no signal is pending.
    package borrowing func next() -> Order? {
        switch linux_read_signal(descriptor.number) {
        case SIGHUP: .reload
        case SIGTERM, SIGINT: .end
        default: nil
        }
    }
}

extension Descriptor {
    /// Blocks the signals, and opens a descriptor from which they are read.
    static func ofSignals(_ signals: [Int32]) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_signalfd(signals, Int32(signals.count)) })
    }
}

/// Waits until one of the descriptors has something to read.
/// - Parameter milliseconds: how long to wait; `nil` waits without limit.
/// - Returns: for each descriptor whether it has something to read.
package func awaitReadable(_ descriptors: [Int32], atMost milliseconds: Int32?) throws(Errno)
    -> [Bool]
{
    var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    try call { unsafe poll(&waiting, nfds_t(waiting.count), milliseconds ?? -1) }
    return waiting.map { $0.revents != 0 }
}

package var isRoot: Bool { geteuid() == 0 }
