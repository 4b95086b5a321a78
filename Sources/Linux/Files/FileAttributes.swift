internal import CLinux

/// The type of a file: see inode(7).
package enum FileKind: UInt8, Sendable {
    case regular = 1
    case directory, symbolicLink, characterDevice, blockDevice
    /// A FIFO or a socket.
    case other
}

/// The owner, mode, access control list and file capabilities of a file.
///
/// A program can compute from these what the kernel would allow another user. access(2) answers
/// only for the process that calls it.
package struct FileAttributes: Equatable, Sendable {
    package var owner: UserID
    package var group: GroupID
    /// The twelve permission bits.
    package var mode: UInt32
    package var kind = FileKind.regular
    /// Whether its file system is mounted nosuid (statvfs(3)).
    package var isOnNosuid = false
    /// Whether its file system is mounted noexec.
    package var isOnNoexec = false
    /// Whether its file system is mounted nodev.
    package var isOnNodev = false
    /// Whether its file system is mounted read-only.
    package var isOnReadOnly = false
    /// Whether users cannot add data to its file system: it has no free blocks or no free inodes.
    package var isOnFull = false
    /// Whether the file has capabilities: see capabilities(7).
    package var hasCapabilities = false
    package var list: POSIXACL?

    package init(owner: UserID, group: GroupID, mode: UInt32) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }

    /// - Returns: `nil` if the path leads to no file. Symbolic links are followed.
    package init?(of path: String) throws(Errno) {
        let status: FileStatus
        do { status = try FileStatus(of: path) } catch
            where error == .ENOENT || error == Errno(ENOTDIR)
        { return nil }
        self.init(status, at: path)
    }

    /// - Parameter path: a path to the file of that status, such as that of its descriptor.
    init(_ status: FileStatus, at path: String) {
        self.init(owner: status.owner, group: status.group, mode: status.permissions)
        kind = status.kind
        var fileSystem = statvfs()
        if unsafe statvfs(path, &fileSystem) == 0 {
            isOnNosuid = fileSystem.f_flag & linux_ST_NOSUID != 0
            isOnNoexec = fileSystem.f_flag & linux_ST_NOEXEC != 0
            isOnNodev = fileSystem.f_flag & linux_ST_NODEV != 0
            isOnReadOnly = fileSystem.f_flag & linux_ST_RDONLY != 0
            // A file system without a fixed size, such as overlayfs on some hosts, reports 0 of 0.
            isOnFull =
                fileSystem.f_blocks > 0 && fileSystem.f_bavail == 0
                || fileSystem.f_files > 0 && fileSystem.f_favail == 0
        }
        hasCapabilities = Self.attribute("security.capability", of: path) != nil
        list = Self.attribute(Self.accessACL, of: path).flatMap { POSIXACL($0) }
    }

    package var isRegular: Bool { kind == .regular }
    package var isDirectory: Bool { kind == .directory }
    package var isDevice: Bool { kind == .characterDevice || kind == .blockDevice }

    /// Whether it is executable and setuid root.
    package var isSetuidRoot: Bool { owner == .root && mode & 0o4000 != 0 && mode & 0o111 != 0 }

    /// Whether a user without capabilities has this permission.
    package func permits(_ user: UserID, _ groups: [GroupID], _ wanted: Access) -> Bool {
        let bits = wanted.rawValue
        if user == owner { return mode >> 6 & bits == bits }
        if let list { return list.permits(user, groups, bits, owned: group, others: mode & 7) }
        if groups.contains(group) { return mode >> 3 & bits == bits }
        return mode & bits == bits
    }

    package enum Access: UInt32, Sendable {
        /// On a regular file: execute.
        case search = 1
        case write = 2
        case read = 4
    }

    private static let accessACL = "system.posix_acl_access"

    private static func attribute(_ name: String, of path: String) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe getxattr(path, name, $0.baseAddress, $0.count)
        }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// When the file was last written (st_mtime), in seconds since 1970; `nil` if the path leads to
    /// no file.
    package static func modificationTime(of path: String) -> UInt64? {
        (try? FileStatus(of: path))?.modified
    }

    /// The inode number; `nil` if the path leads to no file.
    package static func inode(of path: String) -> UInt64? {
        (try? FileStatus(of: path))?.inode
    }

    /// The path without symbolic links (realpath(3)), or `nil` if it leads to no file.
    package static func realPath(of path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}
