internal import CLinux

/// An flock(2) lock with which only one process runs at a time. The kernel releases it when the
/// process ends.
package struct ExclusiveRun: ~Copyable {
    private let file: Descriptor

    /// - Returns: `nil` if another process still holds the lock after that time.
    package static func begin(_ path: String, atMost milliseconds: Int) throws(Errno)
        -> ExclusiveRun?
    {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let end = steadyClock() + milliseconds
        while flock(file.number, LOCK_EX | LOCK_NB) == -1 {
            guard Errno.lastFailure == Errno(EWOULDBLOCK) else { throw .lastFailure }
            guard steadyClock() < end else { return nil }
            pause(milliseconds: 20)
        }
        return ExclusiveRun(file: file)
    }

    /// Releases the lock.
    package borrowing func end() { _ = flock(file.number, LOCK_UN) }
}
