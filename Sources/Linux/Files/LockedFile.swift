internal import CLinux

/// A small file of root's that several programs change in turn, each under the same POSIX lock.
///
/// It is changed in place: a program that waits for the lock has the file open already, and a new
/// file in its place would leave it with the old one. So whoever changes it must choose changes
/// that are whole at every instant; what that means is the business of who knows the contents.
package struct LockedFile: ~Copyable {
    private let file: Descriptor
    private let status: FileStatus
    package let path: String

    package enum AccessError: Error {
        case writableByOthers(path: String)
        case notADirectory(path: String)
        case notAFile
        /// The holder of the lock, where the kernel can tell.
        case busy(seconds: Int32, holder: ProcessID?)
        /// Another file took this one's place while the lock was awaited.
        case replaced
        case refused(operation: String, Errno)
    }

    /// Opens `directory/name`, and makes both if they do not exist: the directory with mode 0755,
    /// the file with mode 0600, as LXC makes them.
    package static func open(
        _ name: String, in directory: String, with power: borrowing RootPrivilege
    ) throws(AccessError) -> LockedFile {
        let path = "\(directory)/\(name)"
        let parent = try wrap("make the directory \(directory)") { () throws(Errno) in
            try madeDirectory(directory)
        }
        guard parent.isDirectory else { throw .notADirectory(path: directory) }
        guard parent.onlyRootWrites else { throw .writableByOthers(path: directory) }
        let file = try wrap("open \(path)") { () throws(Errno) in try madeFile(path) }
        let status = try wrap("look at \(path)") { () throws(Errno) in try file.status() }
        guard status.isRegular else { throw .notAFile }
        guard status.onlyRootWrites else { throw .writableByOthers(path: path) }
        return LockedFile(file: file, status: status, path: path)
    }

    // Both are nearly always there already, and looking costs one call. What is made new would have
    // the caller's group.

    private static func madeDirectory(_ path: String) throws(Errno) -> FileStatus {
        do { return try FileStatus(of: path, followingLinks: false) } catch
            where error == .notFound
        {}
        do throws(Errno) {
            try call { unsafe mkdir(path, 0o755) }
            try call { unsafe lchown(path, 0, 0) }
        } catch  where error == .exists {}
        return try FileStatus(of: path, followingLinks: false)
    }

    private static func madeFile(_ path: String) throws(Errno) -> Descriptor {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        do { return try Descriptor.open(path, flags) } catch  where error == .notFound {}
        let file = try Descriptor.open(path, flags | O_CREAT, mode: 0o600)
        try call { fchown(file.number, 0, 0) }
        return file
    }

    /// Runs the body while no other program may change the file.
    /// - Parameter seconds: how long to wait for the lock.
    package borrowing func locked<Result, Failure: Error>(
        atMost seconds: Int32, orThrow failure: (AccessError) -> Failure,
        _ body: (borrowing LockedFile) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(AccessError) { try lock(atMost: seconds) } catch { throw failure(error) }
        // Nothing to be done about an unlock that fails: the end of the process is one too.
        defer { _ = linux_unlock(file.number) }
        return try body(self)
    }

    private borrowing func lock(atMost seconds: Int32) throws(AccessError) {
        let descriptor = file.number
        do throws(Errno) {
            // Most often nobody holds it, and the alarm need not be set.
            try call { linux_lock_now(descriptor) }
        } catch  where error == Errno(EAGAIN) || error == Errno(EACCES) {
            try wait(atMost: seconds)
        } catch {
            throw .refused(operation: "lock \(path)", error)
        }
        let named = try Self.wrap("look at \(path)") { () throws(Errno) in
            try FileStatus(of: path, followingLinks: false)
        }
        guard named.isSameFile(as: status) else { throw .replaced }
    }

    private borrowing func wait(atMost seconds: Int32) throws(AccessError) {
        defer { _ = linux_alarm(0) }
        do throws(Errno) {
            try call { linux_alarm(seconds) }
            try callOnce { linux_lock_wait(file.number) }
        } catch  where error == .interrupted {
            let holder = linux_lock_holder(file.number)
            throw .busy(seconds: seconds, holder: holder > 0 ? ProcessID(holder) : nil)
        } catch {
            throw .refused(operation: "lock \(path)", error)
        }
    }

    package borrowing func contents() throws(Errno) -> [UInt8] {
        try file.contents(expected: status.size)
    }

    /// Writes all of the bytes at that place.
    package borrowing func write(_ bytes: [UInt8], at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            done += try call {
                unsafe bytes.withUnsafeBytes {
                    unsafe pwrite(
                        file.number, $0.baseAddress.unsafelyUnwrapped + done, $0.count - done,
                        off_t(offset + done))
                }
            }
        }
    }

    package borrowing func cut(to length: Int) throws(Errno) {
        try call { ftruncate(file.number, off_t(length)) }
    }

    private static func wrap<Result: ~Copyable>(
        _ operation: String, _ body: () throws(Errno) -> Result
    ) throws(AccessError) -> Result {
        do { return try body() } catch { throw .refused(operation: operation, error) }
    }
}
