internal import CLinux

/// A process held by descriptor (pidfd_open(2)), which unlike its ID never refers to another
/// process (PID reuse).
///
/// Public for the same reason as ``Descriptor``.
public struct PIDFD: ~Copyable {
    package let id: ProcessID
    private let descriptor: Descriptor

    /// - Returns: `nil` if the process does not exist.
    package static func open(_ id: ProcessID) throws(Errno) -> PIDFD? {
        do {
            let descriptor = Descriptor(owning: try call { linux_pidfd_open(id.number) })
            return PIDFD(id: id, descriptor: descriptor)
        } catch  where error == .ESRCH {
            return nil
        }
    }

    /// The command line of the process; `nil` if it has ended.
    package borrowing func arguments() throws(Errno) -> [[UInt8]]? {
        var bytes: [UInt8]
        do throws(Errno) {
            bytes = try SmallFile.contents(of: "/proc/\(id.number)/cmdline") ?? []
        } catch {
            // The process ended after the file was opened.
            guard error == .ESRCH else { throw error }
            return nil
        }
        // The file is read by process ID, so its contents are valid only if the process still
        // exists afterwards.
        guard !bytes.isEmpty, isRunning else { return nil }
        if bytes.last == 0 { bytes.removeLast() }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    }

    package var isRunning: Bool { !ended(within: 0) }

    package borrowing func terminate() throws(Errno) { try signal(SIGTERM) }
    package borrowing func kill() throws(Errno) { try signal(SIGKILL) }
    /// Sends SIGHUP, on which daemons reload their files.
    package borrowing func sendSIGHUP() throws(Errno) { try signal(SIGHUP) }

    /// pidfd_send_signal(2).
    private borrowing func signal(_ number: Int32) throws(Errno) {
        do { try call { linux_pidfd_send_signal(descriptor.number, number) } } catch
            where error == .ESRCH
        {}
    }

    /// Whether it ends within that time (poll(2)).
    package borrowing func ended(within milliseconds: Int32) -> Bool {
        (try? awaitReadable([descriptor.number], atMost: milliseconds)) == [true]
    }

    /// The descriptor to poll for the end of the process.
    package var pollDescriptor: Int32 { descriptor.number }
}
