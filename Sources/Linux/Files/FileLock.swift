internal import CLinux

/// An flock(2) lock on an empty file, which the kernel releases when the process ends. berth-net
/// and berth-cgroup each use one, on different files. For the lock of `/run/lxc/nics` see
/// ``LockedFile``.
package struct FileLock: ~Copyable {
    private let file: Descriptor

    /// - Returns: `nil` if another process still holds the lock after that time.
    package static func acquire(_ path: String, atMost milliseconds: Int) throws(Errno)
        -> FileLock?
    {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let end = monotonicMilliseconds() + milliseconds
        while flock(file.number, LOCK_EX | LOCK_NB) == -1 {
            guard Errno.lastFailure == Errno(EWOULDBLOCK) else { throw .lastFailure }
            guard monotonicMilliseconds() < end else { return nil }
            pause(milliseconds: 20)
        }
        return FileLock(file: file)
    }

    /// Whether another process holds the lock.
    package static func isHeld(_ path: String) throws(Errno) -> Bool {
        do {
            let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
            // A shared lock, so that concurrent queries do not report each other's lock.
            return flock(file.number, LOCK_SH | LOCK_NB) == -1
        } catch  where error == .ENOENT {
            return false
        }
    }

    /// Releases the lock.
    package borrowing func release() { _ = flock(file.number, LOCK_UN) }
}
