internal import CLinux

/// A small file that only root may read. It is created once, and never changed or replaced.
package enum SecretFile {
    /// Why the contents are not used.
    package enum AccessError: Error, Equatable {
        case missing
        case notRegular
        /// The file does not belong to root, or other users have permissions on it.
        case notPrivate
        case wrongSize
        case failed(Errno)
    }

    /// Reads the file. Its directory must be writable by root only.
    /// - Parameter size: the length that it must have, in bytes.
    package static func contents(
        of path: String, size: Int
    ) throws(AccessError) -> [UInt8] {
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let file = try wrap { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        }
        try wrap { () throws(Errno) in try file.status() }.requirePrivate(size)
        let bytes = try wrap { () throws(Errno) in try file.contents(expected: size) }
        guard bytes.count == size else { throw .wrongSize }
        return bytes
    }

    /// Why ``contents(of:size:)`` would not return the contents; `nil` if it would. Needs no right
    /// to read the file.
    package static func obstacle(to path: String, size: Int) -> AccessError? {
        do throws(AccessError) {
            try wrap { () throws(Errno) in try FileStatus(of: path, followingLinks: false) }
                .requirePrivate(size)
            return nil
        } catch { return error }
    }

    /// Creates the file with all its contents, unless it exists already: of several processes that
    /// create it at once, one succeeds (linkat(2)).
    ///
    /// It is written under the name `.NAME.new` first. An unnamed file (O_TMPFILE) would leave
    /// nothing behind when the process is killed, but AppArmor does not allow giving it a name.
    /// Each process removes the file of another one, which then has to try again. So a user who
    /// repeatedly kills a setuid program leaves one such file, not thousands, as with names of
    /// mkstemp(3).
    /// - Throws: ``Errno/EEXIST`` if the file exists, and ``Errno/EEXIST`` or ``Errno/ENOENT`` if
    ///   another process creates it at the same time.
    package static func create(
        _ name: String, in directory: String, with bytes: [UInt8]
    ) throws(Errno) {
        let path = "\(directory)/\(name)"
        let temporary = "\(directory)/.\(name).new"
        _ = unsafe unlink(temporary)
        let file = try Descriptor.open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        defer { unsafe _ = unlink(temporary) }
        // A setuid program has the group of its caller.
        try call { fchown(file.number, 0, 0) }
        try writeAll(bytes, to: file.number, at: 0)
        // After a power failure, the file has its contents or does not exist.
        try call { fsync(file.number) }
        // By the descriptor: the name may belong to the unfinished file of another process.
        try call {
            unsafe linkat(
                AT_FDCWD, "/proc/self/fd/\(file.number)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
        }
    }

    private static func wrap<Result: ~Copyable>(
        _ body: () throws(Errno) -> Result
    ) throws(AccessError) -> Result {
        do { return try body() } catch {
            throw error == .ENOENT
                ? .missing : error == Errno(ELOOP) ? .notRegular : .failed(error)
        }
    }
}

extension FileStatus {
    fileprivate func requirePrivate(_ expected: Int) throws(SecretFile.AccessError) {
        guard isRegular else { throw .notRegular }
        guard owner == .root, permissions & 0o077 == 0 else { throw .notPrivate }
        guard size == expected else { throw .wrongSize }
    }
}
