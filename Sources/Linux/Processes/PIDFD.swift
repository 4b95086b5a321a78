internal import CLinux

/// A process held by descriptor: its number may be given to another one, the descriptor never is.
///
/// Public for the same reason as ``Descriptor``.
public struct PIDFD: ~Copyable {
    package let id: ProcessID
    private let descriptor: Descriptor

    /// - Returns: `nil` if there is no such process.
    package static func hold(_ id: ProcessID) throws(Errno) -> PIDFD? {
        do {
            let descriptor = Descriptor(owning: try call { linux_pidfd_open(id.number) })
            return PIDFD(id: id, descriptor: descriptor)
        } catch  where error == Errno(ESRCH) {
            return nil
        }
    }

    /// The words it was started with, as long as it still runs.
    package borrowing func arguments() throws(Errno) -> [[UInt8]]? {
        guard var bytes = try SmallFile.contents(of: "/proc/\(id.number)/cmdline"), !bytes.isEmpty
        else { return nil }
        // Read by number, so it counts only if the process was still there afterwards.
        guard isRunning else { return nil }
        if bytes.last == 0 { bytes.removeLast() }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    }

    package var isRunning: Bool { !ended(within: 0) }

    package borrowing func terminate() throws(Errno) { try signal(SIGTERM) }
    package borrowing func kill() throws(Errno) { try signal(SIGKILL) }
    /// Asks a daemon to read its files again.
    package borrowing func hangUp() throws(Errno) { try signal(SIGHUP) }

    private borrowing func signal(_ number: Int32) throws(Errno) {
        do { try call { linux_pidfd_signal(descriptor.number, number) } } catch
            where error == Errno(ESRCH)
        {}
    }

    /// Whether it ends in that time.
    package borrowing func ended(within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    /// For waiting for its end among other things.
    package var readiness: Int32 { descriptor.number }
}
