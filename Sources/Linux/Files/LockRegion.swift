internal import CLinux

/// A range of a file on which processes take a write lock with fcntl(2). The lock belongs to the
/// process, unlike that of an ``InheritedLock``.
struct LockRegion {
    private let file: Int32
    private let start: Int64
    private let length: Int64

    /// The whole file, as LXC's helper locks it.
    init(of file: Int32) {
        self.file = file
        start = 0
        length = 0
    }

    init(of file: Int32, byte: Int64) {
        self.file = file
        start = byte
        length = 1
    }

    /// Waits for the lock, and tries again every second, when SIGALRM (setitimer(2)) interrupts
    /// F_SETLKW: the kernel wakes only the first waiting process, and if that one gets no processor
    /// time, the others keep waiting although the lock is free.
    /// - Parameter end: when to give up, in milliseconds of the monotonic clock.
    /// - Parameter prepare: runs before each attempt, which takes at most a second.
    /// - Returns: whether this process has the lock.
    func acquire(
        until end: Int, prepare: () throws(Errno) -> Void = {}
    ) throws(Errno) -> Bool {
        var isTicking = false
        defer { if isTicking { _ = linux_alarm(0, 0) } }
        while true {
            try prepare()
            do {
                _ = try set(F_SETLK, F_WRLCK)
                return true
            } catch  where error == .EAGAIN || error == .EACCES {}
            guard monotonicMilliseconds() < end else { return false }
            if !isTicking {
                try call { linux_alarm(1, 1) }
                isTicking = true
            }
            do {
                _ = try set(F_SETLKW, F_WRLCK)
                return true
            } catch  where error == .EINTR {}
        }
    }

    func release() { _ = try? set(F_SETLK, F_UNLCK) }

    /// The process that has the lock, if the kernel knows it: F_GETLK, as in /proc/locks.
    var holder: LockHolder? {
        guard let other = try? set(F_GETLK, F_WRLCK), other.l_type != Int16(F_UNLCK),
            other.l_pid > 0
        else { return nil }
        return LockHolder(ProcessID(other.l_pid))
    }

    private func set(_ command: Int32, _ type: Int32) throws(Errno) -> CLinux.flock {
        try lock(file, command, type, from: start, length: length)
    }
}

/// Calls fcntl(2) with one of the commands for locks.
/// - Parameter length: the length of the range in bytes; 0 for all up to the end of the file.
/// - Returns: what the kernel wrote: with F_GETLK, the lock that prevents this one.
/// - Throws: EINTR only for F_SETLKW, which waits.
func lock(
    _ file: Int32, _ command: Int32, _ type: Int32, from start: Int64, length: Int64
) throws(Errno) -> CLinux.flock {
    var lock = CLinux.flock()
    lock.l_type = Int16(type)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(start)
    lock.l_len = off_t(length)
    if command == F_SETLKW {
        try callOnce { unsafe linux_fcntl_lock(file, command, &lock) }
    } else {
        try call { unsafe linux_fcntl_lock(file, command, &lock) }
    }
    return lock
}
