internal import CLinux

/// An open directory. Because it is held by descriptor, later changes to its path have no effect,
/// so there is no race between a check and the use (TOCTOU).
///
/// Paths beneath it are resolved without following symbolic links, crossing mounts or leaving by
/// `..` (openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_XDEV): a user who can
/// write in the directory cannot redirect the program (symlink attack).
package struct Directory: ~Copyable {
    let descriptor: Descriptor

    /// Opens a directory. The path must not come from a user: symbolic links are followed.
    package static func open(_ path: [UInt8]) throws(Errno) -> Directory {
        let number = try unsafe withCString(path) { path throws(Errno) in
            try unsafe openDescriptor(path, linux_O_PATH | O_DIRECTORY)
        }
        return Directory(descriptor: Descriptor(owning: number))
    }

    package borrowing func directory(_ path: [UInt8]) throws(Errno) -> Directory {
        Directory(descriptor: try opened(path, linux_O_PATH | O_DIRECTORY))
    }

    /// Creates a directory (mkdirat(2)), with the current credentials of this process.
    package borrowing func make(_ name: [UInt8], mode: UInt32 = 0o755) throws(Errno) {
        let number = descriptor.number
        try unsafe withCString(name) { name throws(Errno) in
            _ = try call { unsafe mkdirat(number, name, mode) }
        }
    }

    /// Removes an empty directory (unlinkat(2) with AT_REMOVEDIR).
    package borrowing func remove(_ name: [UInt8]) throws(Errno) {
        let number = descriptor.number
        try unsafe withCString(name) { name throws(Errno) in
            _ = try call { unsafe unlinkat(number, name, AT_REMOVEDIR) }
        }
    }

    package borrowing func contents(of file: [UInt8]) throws(Errno) -> [UInt8] {
        try opened(file, O_RDONLY | O_NONBLOCK | O_NOCTTY).readToEnd()
    }

    package borrowing func contains(_ name: [UInt8]) throws(Errno) -> Bool {
        do {
            _ = try opened(name, linux_O_PATH)
            return true
        } catch  where error == .ENOENT {
            return false
        }
    }

    /// Writes into an existing file in a single call, as kernel files require.
    package borrowing func write(_ bytes: [UInt8], to file: [UInt8]) throws(Errno) {
        let file = try opened(file, O_WRONLY | O_NONBLOCK | O_NOCTTY)
        try file.write(once: bytes)
    }

    /// The names of the directories in it (readdir(3)), unsorted.
    package borrowing func directories() throws(Errno) -> [[UInt8]] {
        try unsafe entries { unsafe linux_is_directory($0) != 0 }
    }

    /// The names of all its entries, unsorted.
    package borrowing func names() throws(Errno) -> [[UInt8]] {
        try unsafe entries { _ in true }
    }

    package borrowing func owner() throws(Errno) -> UserID { try descriptor.status().owner }

    package borrowing func changeOwner(to user: UserID, _ group: GroupID) throws(Errno) {
        try descriptor.changeOwner(to: user, group)
    }

    package borrowing func changeOwner(
        of file: [UInt8], to user: UserID, _ group: GroupID
    ) throws(Errno) {
        try opened(file, linux_O_PATH).changeOwner(to: user, group)
    }

    /// fchmod(2).
    package borrowing func changeMode(to mode: UInt32) throws(Errno) {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        try call { fchmod(reading.number, mode) }
    }

    /// Sets an extended attribute (fsetxattr(2)). The namespace in its name, such as `trusted.`,
    /// determines who may access it: see xattr(7).
    package borrowing func setExtendedAttribute(_ name: String, to value: [UInt8]) throws(Errno) {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        try call {
            unsafe value.withUnsafeBytes {
                unsafe fsetxattr(reading.number, name, $0.baseAddress, $0.count, 0)
            }
        }
    }

    /// - Returns: an extended attribute (fgetxattr(2)), `nil` if the directory does not have it.
    package borrowing func extendedAttribute(_ name: String) throws(Errno) -> [UInt8]? {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        var buffer = [UInt8](repeating: 0, count: 4096)
        do {
            let count = try call {
                unsafe buffer.withUnsafeMutableBytes {
                    unsafe fgetxattr(reading.number, name, $0.baseAddress, $0.count)
                }
            }
            return Array(buffer[..<count])
        } catch  where error == Errno(ENODATA) {
            return nil
        }
    }

    /// Whether the directory is on cgroup2 (fstatfs(2), CGROUP2_SUPER_MAGIC). Whether the host has
    /// no other cgroups is decided by its mounts: see CgroupMountInfo.
    package borrowing func isUnifiedCgroup() throws(Errno) -> Bool {
        let number = descriptor.number
        var information = statfs()
        try call { unsafe fstatfs(number, &information) }
        return information.f_type == linux_CGROUP2_SUPER_MAGIC
    }

    borrowing func opened(_ path: [UInt8], _ flags: Int32) throws(Errno) -> Descriptor {
        Descriptor(owning: try open(path, flags))
    }

    private borrowing func open(_ path: [UInt8], _ flags: Int32) throws(Errno) -> Int32 {
        let number = descriptor.number
        return try unsafe withCString(path) { path throws(Errno) in
            try call {
                unsafe linux_openat2(number, path, UInt64(flags | O_CLOEXEC), resolveBeneath)
            }
        }
    }

    private borrowing func entries(
        where isWanted: (UnsafeMutablePointer<dirent>) -> Bool
    ) throws(Errno) -> [[UInt8]] {
        // The directory's own descriptor is O_PATH and cannot be read. closedir closes this one.
        let number = try open([0x2e], O_RDONLY | O_DIRECTORY)
        guard let handle = unsafe fdopendir(number) else {
            let failure = Errno.lastFailure
            closeDescriptor(number)
            throw failure
        }
        defer { unsafe _ = closedir(handle) }
        return try unsafe entryNames(of: handle, where: isWanted)
    }
}

private let resolveBeneath = UInt64(
    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)
