internal import CLinux

/// A small file that only root can write and that several programs change under one POSIX lock.
///
/// It is changed in place and never replaced: a program that waits for the lock has opened the file
/// already, and would otherwise continue with the old one. The writer must therefore choose changes
/// that leave valid contents after each write.
package struct LockedFile: ~Copyable {
    private let file: Descriptor
    private let status: FileStatus
    package let path: String

    package enum AccessError: Error {
        case untrusted(TrustedFile.TrustError)
        /// - Parameter holder: the process that holds the lock, if the kernel knows it.
        case busy(path: String, seconds: Int32, holder: ProcessID?)
        /// Another file got this name while this process waited for the lock.
        case replaced(path: String)
        case failed(operation: String, Errno)
    }

    /// Opens `directory/name`. Creates them if missing, with modes 0755 and 0600, as LXC does.
    package static func open(
        _ name: String, in directory: String, with power: borrowing RootPrivilege
    ) throws(AccessError) -> LockedFile {
        let path = "\(directory)/\(name)"
        let parent = try wrap("create the directory \(directory)") { () throws(Errno) in
            try openOrCreateDirectory(directory)
        }
        try trusted { () throws(TrustedFile.TrustError) in
            try parent.requireTrustedDirectory(directory)
        }
        let file = try wrap("open \(path)") { () throws(Errno) in try openOrCreate(path) }
        let status = try wrap("stat \(path)") { () throws(Errno) in try file.status() }
        try trusted { () throws(TrustedFile.TrustError) in try status.requireTrustedFile(path) }
        return LockedFile(file: file, status: status, path: path)
    }

    // Both nearly always exist: one call suffices. A new file gets the caller's group: chown it.

    private static func openOrCreateDirectory(_ path: String) throws(Errno) -> FileStatus {
        do { return try FileStatus(of: path, followingLinks: false) } catch
            where error == .notFound
        {}
        do throws(Errno) {
            try call { unsafe mkdir(path, 0o755) }
            try call { unsafe lchown(path, 0, 0) }
        } catch  where error == .exists {}
        return try FileStatus(of: path, followingLinks: false)
    }

    private static func openOrCreate(_ path: String) throws(Errno) -> Descriptor {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        do { return try Descriptor.open(path, flags) } catch  where error == .notFound {}
        let file = try Descriptor.open(path, flags | O_CREAT, mode: 0o600)
        try call { fchown(file.number, 0, 0) }
        return file
    }

    /// Runs the body while this process holds the lock.
    /// - Parameter seconds: how long to wait for the lock.
    package borrowing func locked<Result, Failure: Error>(
        atMost seconds: Int32, orThrow failure: (AccessError) -> Failure,
        _ body: (borrowing LockedFile) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(AccessError) { try lock(atMost: seconds) } catch { throw failure(error) }
        // If this fails, the end of the process releases the lock.
        defer { _ = try? setLock(F_SETLK, F_UNLCK) }
        return try body(self)
    }

    private borrowing func lock(atMost seconds: Int32) throws(AccessError) {
        do throws(Errno) {
            // The lock is usually free, and then no alarm is needed.
            _ = try setLock(F_SETLK, F_WRLCK)
        } catch  where error == .again || error == Errno(EACCES) {
            try wait(atMost: seconds)
        } catch {
            throw .failed(operation: "lock \(path)", error)
        }
        let named = try Self.wrap("stat \(path)") { () throws(Errno) in
            try FileStatus(of: path, followingLinks: false)
        }
        guard named.isSameFile(as: status) else { throw .replaced(path: path) }
    }

    private borrowing func wait(atMost seconds: Int32) throws(AccessError) {
        defer { _ = linux_alarm(0, 0) }
        do throws(Errno) {
            // The alarm repeats every second, in case the first one arrives before the wait begins.
            try call { linux_alarm(seconds, 1) }
            _ = try setLock(F_SETLKW, F_WRLCK)
        } catch  where error == .interrupted {
            throw .busy(path: path, seconds: seconds, holder: holder)
        } catch {
            throw .failed(operation: "lock \(path)", error)
        }
    }

    private var holder: ProcessID? {
        guard let other = try? setLock(F_GETLK, F_WRLCK), other.l_type != Int16(F_UNLCK),
            other.l_pid > 0
        else { return nil }
        return ProcessID(other.l_pid)
    }

    /// A record lock of the whole file, as LXC's helper takes it. A wait ends with EINTR.
    private borrowing func setLock(_ command: Int32, _ type: Int32) throws(Errno) -> CLinux.flock {
        var lock = CLinux.flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        if command == F_SETLKW {
            try callOnce { unsafe linux_fcntl_lock(file.number, command, &lock) }
        } else {
            try call { unsafe linux_fcntl_lock(file.number, command, &lock) }
        }
        return lock
    }

    package borrowing func contents() throws(Errno) -> [UInt8] {
        try file.contents(expected: status.size)
    }

    package borrowing func write(_ bytes: [UInt8], at offset: Int) throws(Errno) {
        try writeAll(bytes, to: file.number, at: offset)
    }

    package borrowing func truncate(to length: Int) throws(Errno) {
        try call { ftruncate(file.number, off_t(length)) }
    }

    private static func wrap<Result: ~Copyable>(
        _ operation: String, _ body: () throws(Errno) -> Result
    ) throws(AccessError) -> Result {
        do { return try body() } catch { throw .failed(operation: operation, error) }
    }

    private static func trusted(
        _ check: () throws(TrustedFile.TrustError) -> Void
    ) throws(AccessError) {
        do { try check() } catch { throw .untrusted(error) }
    }
}

extension LockedFile.AccessError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untrusted(let error): error.description
        case .busy(let path, let seconds, let holder?):
            "process \(holder.number) has held the lock of \(path) for \(seconds) s: try again, "
                + "and if the process is stopped or hangs, end it"
        case .busy(let path, let seconds, nil):
            "the lock of \(path) could not be acquired within \(seconds) s: try again"
        case .replaced(let path): "\(path) was replaced by another program: try again"
        case .failed(let operation, let errno): "cannot \(operation): \(errno.description)"
        }
    }
}
