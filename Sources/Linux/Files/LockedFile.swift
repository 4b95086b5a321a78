internal import CLinux

/// A small file that only root can write and that several programs change under one POSIX lock,
/// such as the quota database `/run/lxc/nics`. The lock is fcntl(2)'s (F_SETLK), not flock(2)'s,
/// because LXC's own helper uses it.
///
/// It is changed in place and never replaced: a program that waits for the lock has opened the file
/// already, and would otherwise continue with the old one. The writer must therefore choose changes
/// that leave valid contents after each write.
///
/// A user can stop a process that holds the lock, and start many that wait for it. Against such a
/// denial of service, two rules limit how long others wait:
/// * The kernel kills a process that holds the lock for too long (``KillTimer``).
/// * The processes of one user take turns: only one of them at a time holds the lock or waits for
///   it. A turn is a lock on the byte of `NAME.lock` whose offset is the user ID.
///
/// `NAME.lock` also has the locks of ``startWork(on:)``.
package struct LockedFile: ~Copyable {
    private let file: OpenFile
    /// `NAME.lock`. It is not closed before the process ends, so that ``counters`` can outlive the
    /// lock.
    private let turns: Int32
    private let user: UserID
    package let path: String

    private struct OpenFile: ~Copyable {
        var descriptor: Descriptor
        let status: FileStatus
    }

    package enum AccessError: Error {
        case untrusted(TrustedFile.TrustError)
        /// - Parameter holder: the process that holds the lock, if the kernel knows it.
        case busy(path: String, seconds: Int32, holder: LockHolder?)
        /// The path no longer refers to the file that this process opened.
        case replaced(path: String)
        case failed(operation: String, Errno)
    }

    /// Opens `directory/name` and `directory/name.lock`. Creates them if missing, with modes 0755
    /// and 0600, as LXC does.
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
        let file = try openPrivate(path)
        var turns = try openPrivate("\(path).lock")
        return LockedFile(
            file: file, turns: turns.descriptor.release(), user: power.caller.user, path: path)
    }

    // The directory and the files nearly always exist, so try a single call first. A new one has
    // the group of the caller, so change its owner.

    private static func openOrCreateDirectory(_ path: String) throws(Errno) -> FileStatus {
        do { return try FileStatus(of: path, followingLinks: false) } catch
            where error == .ENOENT
        {}
        do throws(Errno) {
            try call { unsafe mkdir(path, 0o755) }
            try call { unsafe lchown(path, 0, 0) }
        } catch  where error == .EEXIST {}
        return try FileStatus(of: path, followingLinks: false)
    }

    private static func openOrCreate(_ path: String) throws(Errno) -> Descriptor {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        do { return try Descriptor.open(path, flags) } catch  where error == .ENOENT {}
        let file = try Descriptor.open(path, flags | O_CREAT, mode: 0o600)
        try call { fchown(file.number, 0, 0) }
        return file
    }

    /// Opens or creates a file with mode 0600: a process that can read it could lock it.
    private static func openPrivate(_ path: String) throws(AccessError) -> OpenFile {
        let file = try wrap("open \(path)") { () throws(Errno) in try openOrCreate(path) }
        let status = try wrap("stat \(path)") { () throws(Errno) in try file.status() }
        try trusted { () throws(TrustedFile.TrustError) in try status.requireTrustedFile(path) }
        if status.permissions != 0o600 {
            try wrap("set the mode of \(path)") { () throws(Errno) in
                _ = try call { fchmod(file.number, 0o600) }
            }
        }
        return OpenFile(descriptor: file, status: status)
    }

    /// Counters in `NAME.lock`, which is otherwise used only for its locks.
    package var counters: SharedCounters { SharedCounters(descriptor: turns) }

    /// Declares that this process, and programs that it starts from now on, work on the object that
    /// the word identifies, until all of them have ended.
    /// - Returns: `false` if other processes do.
    package borrowing func startWork(on word: [UInt8]) throws(Errno) -> Bool {
        try InheritedLock(of: turns, for: word).acquire()
    }

    /// Whether other processes work on what the word names: see ``startWork(on:)``.
    package borrowing func othersWork(on word: [UInt8]) throws(Errno) -> Bool {
        try InheritedLock(of: turns, for: word).isHeld
    }

    package borrowing func contents() throws(Errno) -> [UInt8] {
        try file.descriptor.contents(expected: file.status.size)
    }

    package borrowing func write(_ bytes: [UInt8], at offset: Int) throws(Errno) {
        try writeAll(bytes, to: file.descriptor.number, at: offset)
    }

    package borrowing func truncate(to length: Int) throws(Errno) {
        try call { ftruncate(file.descriptor.number, off_t(length)) }
    }

    static func wrap<Result: ~Copyable>(
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

extension LockedFile {
    /// Runs the body while this process holds the lock.
    /// - Parameter seconds: how long to wait for it.
    /// - Parameter limit: how long the body may take, in seconds. After that, the kernel kills this
    ///   process, so the contents must be valid at every point.
    package borrowing func locked<Result, Failure: Error>(
        within seconds: Int32, holdingAtMost limit: Int32,
        orThrow failure: (AccessError) -> Failure,
        _ body: (borrowing LockedFile) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let turn = LockRegion(of: turns, byte: Int64(user.number))
        let whole = LockRegion(of: file.descriptor.number)
        let timer: KillTimer
        do throws(AccessError) {
            timer = try Self.wrap("create a timer") { () throws(Errno) in try KillTimer() }
        } catch { throw failure(error) }
        // If this fails, the end of the process releases the locks.
        defer {
            whole.release()
            timer.delete()
            turn.release()
        }
        do throws(AccessError) {
            let end = monotonicMilliseconds() + Int(seconds) * 1000
            let isTurn = try Self.wrap("lock \(path).lock") { () throws(Errno) in
                try turn.acquire(until: end)
            }
            let isLocked = try Self.wrap("lock \(path)") { () throws(Errno) in
                guard isTurn else { return false }
                // A second more, because one attempt may wait for that long.
                return try whole.acquire(until: end) { () throws(Errno) in
                    try timer.set(seconds: limit + 1)
                }
            }
            guard isLocked else {
                throw .busy(path: path, seconds: seconds, holder: whole.holder ?? turn.holder)
            }
            try requireSameFile()
        } catch { throw failure(error) }
        return try body(self)
    }

    private borrowing func requireSameFile() throws(AccessError) {
        let named = try Self.wrap("stat \(path)") { () throws(Errno) in
            try FileStatus(of: path, followingLinks: false)
        }
        guard named.isSameFile(as: file.status) else { throw .replaced(path: path) }
    }
}

extension LockedFile.AccessError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untrusted(let error): error.description
        case .busy(let path, let seconds, let holder?):
            "\(holder.description) holds the lock of \(path), which could not be acquired within "
                + "\(seconds) s: as root, run \"\(holder.killCommand)\""
        case .busy(let path, let seconds, nil):
            "the lock of \(path) could not be acquired within \(seconds) s: try again"
        case .replaced(let path): "\(path) was replaced by another program: try again"
        case .failed(let operation, let errno): "cannot \(operation): \(errno.description)"
        }
    }
}
