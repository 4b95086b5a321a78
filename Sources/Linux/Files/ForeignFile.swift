internal import CLinux

/// A file whose path an untrusted user chose, held by descriptor: what is checked is what is read
/// (no TOCTOU race).
///
/// Opening it has no side effects, because O_PATH opens only a location in the file system. Whether
/// it is then read depends on its type and its file system. Magic links, such as `/proc/PID/root`,
/// are not followed (openat2(2) with RESOLVE_NO_MAGICLINKS).
package struct ForeignFile: ~Copyable {
    private let place: Descriptor
    private let status: FileStatus

    /// Why a file is not read.
    package enum Refusal: Error, Equatable, Sendable {
        case failed(Errno)
        /// On a file system whose files the kernel generates, such as proc, sysfs or cgroup2.
        case onKernelFileSystem
        case isDirectory
        /// A FIFO, a device or a socket.
        case isSpecial
        case isTooLarge
        case hasTooManyNames
    }

    /// - Returns: `nil` if the path leads to no file.
    package static func open(
        _ path: [UInt8], followingLinks: Bool = true
    ) throws(Errno) -> ForeignFile? {
        let flags = linux_O_PATH | O_CLOEXEC | (followingLinks ? 0 : O_NOFOLLOW)
        do throws(Errno) {
            let number = try unsafe withCString(path) { path throws(Errno) in
                try call {
                    unsafe linux_openat2(
                        AT_FDCWD, path, UInt64(flags), UInt64(RESOLVE_NO_MAGICLINKS))
                }
            }
            let place = Descriptor(owning: number)
            let status = try place.status()
            return ForeignFile(place: place, status: status)
        } catch {
            guard error == .ENOENT || error == Errno(ENOTDIR) else { throw error }
            return nil
        }
    }

    package var owner: UserID { status.owner }
    package var group: GroupID { status.group }
    /// The number of the device that has its file system.
    package var device: UInt64 { status.device }
    /// Bytes.
    package var size: Int { status.size }
    package var isSymbolicLink: Bool { status.isSymbolicLink }

    /// The contents of a regular file. A file that the kernel generates has size 0. On a kernel
    /// file system that ``PseudoFileSystems`` does not list, it is therefore returned as empty.
    package borrowing func contents(atMost limit: Int) throws(Refusal) -> [UInt8] {
        guard !status.isDirectory else { throw .isDirectory }
        guard status.isRegular else { throw .isSpecial }
        do throws(Errno) {
            guard try !isOnKernelFileSystem() else { throw Errno(EMEDIUMTYPE) }
            guard status.size <= limit else { throw .tooLarge }
            guard status.size > 0 else { return [] }
            return try reopened(O_RDONLY).contents(expected: status.size, atMost: limit)
        } catch {
            switch error {
            case Errno(EMEDIUMTYPE): throw .onKernelFileSystem
            // `EINVAL`: the file grew while it was read.
            case .tooLarge, .EINVAL: throw .isTooLarge
            default: throw .failed(error)
            }
        }
    }

    /// The first bytes of a regular file, or all of it if it is shorter.
    package borrowing func beginning(_ count: Int) throws(Refusal) -> [UInt8] {
        guard !status.isDirectory else { throw .isDirectory }
        guard status.isRegular else { throw .isSpecial }
        do throws(Errno) {
            guard try !isOnKernelFileSystem() else { throw Errno(EMEDIUMTYPE) }
            return try reopened(O_RDONLY).beginning(count)
        } catch {
            throw error == Errno(EMEDIUMTYPE) ? .onKernelFileSystem : .failed(error)
        }
    }

    /// The names in a directory (readdir(3)), without `.` and `..`, in the file system's order.
    package borrowing func names(atMost limit: Int) throws(Refusal) -> [[UInt8]] {
        do throws(Errno) {
            guard try !isOnKernelFileSystem() else { throw Errno(EMEDIUMTYPE) }
            return try reopened(O_RDONLY | O_DIRECTORY).entryNames(atMost: limit)
        } catch {
            switch error {
            case Errno(EMEDIUMTYPE): throw .onKernelFileSystem
            case .tooLarge: throw .hasTooManyNames
            default: throw .failed(error)
            }
        }
    }

    package borrowing func attributes() -> FileAttributes {
        FileAttributes(status, at: link)
    }

    /// The target of a symbolic link (readlinkat(2)) that was opened without following it.
    package borrowing func target() throws(Errno) -> [UInt8] {
        let number = place.number
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = try call { unsafe readlinkat(number, "", &buffer, buffer.count) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    private var link: String { "/proc/self/fd/\(place.number)" }

    private borrowing func reopened(_ flags: Int32) throws(Errno) -> Descriptor {
        // Without O_NONBLOCK, a lease that another process holds would delay the open.
        try Descriptor.open(link, flags | O_NONBLOCK | O_NOCTTY)
    }

    private borrowing func isOnKernelFileSystem() throws(Errno) -> Bool {
        let number = place.number
        var information = statfs()
        try call { unsafe fstatfs(number, &information) }
        return PseudoFileSystems.contain(magic: UInt32(truncatingIfNeeded: information.f_type))
    }
}

extension Descriptor {
    fileprivate borrowing func beginning(_ count: Int) throws(Errno) -> [UInt8] {
        let number = number
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try call { unsafe pread(number, &bytes, count, 0) }
        bytes.removeLast(count - read)
        return bytes
    }

    /// - Throws: ``Errno/tooLarge`` for a directory with more entries.
    fileprivate borrowing func entryNames(atMost limit: Int) throws(Errno) -> [[UInt8]] {
        // closedir closes its descriptor.
        let copy = try call { linux_fcntl(number, F_DUPFD_CLOEXEC, 3) }
        guard let handle = unsafe fdopendir(copy) else {
            let failure = Errno.lastFailure
            closeDescriptor(copy)
            throw failure
        }
        defer { unsafe _ = closedir(handle) }
        var names: [[UInt8]] = []
        while let entry = unsafe linux_readdir(handle) {
            guard let name = unsafe linux_entry_name(entry) else { continue }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            guard bytes != [0x2e], bytes != [0x2e, 0x2e] else { continue }
            guard names.count < limit else { throw .tooLarge }
            names.append(bytes)
        }
        guard Errno.lastFailure == Errno(0) else { throw .lastFailure }
        return names
    }
}

extension Errno {
    fileprivate static let tooLarge = Errno(EFBIG)
}
