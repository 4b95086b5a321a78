internal import CLinux

/// The signals by which a service is told what to do, read like a file instead of interrupting.
public struct ServiceSignals: ~Copyable {
    private let descriptor: Descriptor

    package enum Order: Equatable, Sendable {
        case reload
        case end
    }

    package static func take() throws(Errno) -> ServiceSignals {
        ServiceSignals(descriptor: Descriptor(owning: try call { linux_service_signals() }))
    }

    /// For waiting for them among other things.
    package var readiness: Int32 { descriptor.number }

    /// The next order; `nil` if none has come.
    package borrowing func next() -> Order? {
        switch linux_next_signal(descriptor.number) {
        case SIGHUP: .reload
        case SIGTERM, SIGINT: .end
        default: nil
        }
    }
}

/// Waits until one of the descriptors has something to read.
/// - Parameter milliseconds: at most so long; `nil` for as long as it takes.
/// - Returns: for each descriptor whether it has.
package func awaitReadable(_ descriptors: [Int32], atMost milliseconds: Int32?) throws(Errno)
    -> [Bool]
{
    var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    try call { unsafe poll(&waiting, nfds_t(waiting.count), milliseconds ?? -1) }
    return waiting.map { $0.revents != 0 }
}

/// Tells the supervisor that started this process how the service is, as sd_notify(3) describes it;
/// nothing happens where nobody asked for it.
/// - Parameter socket: what the supervisor put into NOTIFY_SOCKET, if anything.
package func notifySupervisor(at socket: String?, _ text: String) {
    guard let socket else { return }
    // A supervisor that does not listen is no reason to stop working.
    _ = unsafe linux_notify(socket, text)
}

/// The pipe to a supervisor that wants a line when the service is ready, as s6, dinit and OpenRC do.
public struct ReadinessPipe: ~Copyable {
    private let descriptor: Descriptor

    /// - Parameter number: the descriptor that the supervisor has opened for this process, and that
    ///   is no business of the programs it starts.
    package static func take(_ number: Int32) throws(Errno) -> ReadinessPipe {
        try call { linux_close_at_exec(number) }
        return ReadinessPipe(descriptor: Descriptor(owning: number))
    }

    /// The end of the pipe is the end of the conversation.
    package consuming func tell() {
        // A supervisor that does not listen is no reason to stop working.
        try? descriptor.write(all: [0x0a])
    }
}

/// Milliseconds of a clock that nobody sets.
package func steadyClock() -> Int { linux_milliseconds() }

/// The time of the clock on the wall: seconds since 1970.
package func wallClock() -> UInt64 { UInt64(max(0, time(nil))) }

/// The same as people read it here: `06:12:44`.
package func clockText() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    guard unsafe localtime_r(&now, &parts) != nil else { return "" }
    return unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
}

/// Whether this process is root's.
package var isRoot: Bool { geteuid() == 0 }

/// Text on standard output, whole, however long.
package func printOut(_ text: String) throws(Errno) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
        done += try call {
            unsafe bytes.withUnsafeBytes {
                unsafe write(
                    STDOUT_FILENO, $0.baseAddress.unsafelyUnwrapped + done, $0.count - done)
            }
        }
    }
}
