internal import CLinux

/// An open file of this process, closed at the end of its scope.
///
/// Public, not package: Embedded Swift lets another module end a value only if its type is.
public struct Descriptor: ~Copyable {
    package let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { closeDescriptor(number) }

    /// Opens a file by a path that is not the caller's to choose.
    static func open(
        _ path: String, _ flags: Int32, mode: UInt32 = 0
    ) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_open(path, flags, mode) })
    }

    /// What the file is, whatever its name has come to mean since.
    borrowing func status() throws(Errno) -> FileStatus {
        var raw = stat()
        try call { unsafe fstat(number, &raw) }
        return FileStatus(raw)
    }

    /// The whole file from its beginning.
    /// - Parameter expected: how long it probably is, in bytes: one call then suffices.
    /// - Parameter limit: more than so many bytes are `invalid`.
    borrowing func contents(expected: Int = 0, atMost limit: Int = .max) throws(Errno) -> [UInt8] {
        let number = number
        var bytes: [UInt8] = []
        while true {
            // A byte more than expected: a file of that length then shows its end at once.
            let room = max(expected + 1 - bytes.count, 4096)
            let offset = bytes.count
            var failure: Errno?
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                do throws(Errno) {
                    count = try call {
                        unsafe pread(number, buffer.baseAddress, room, off_t(offset))
                    }
                } catch { failure = error }
            }
            if let failure { throw failure }
            let isEnd = chunk.count < room
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= limit else { throw .invalid }
            // A regular file gives less than asked for at its end only.
            if isEnd { return bytes }
        }
    }
}

func closeDescriptor(_ number: Int32) {
    _ = close(number)
}

/// The facts about a file on which trust in it rests.
struct FileStatus: Equatable {
    let device: UInt64
    let inode: UInt64
    let owner: UserID
    let group: GroupID
    /// Bytes.
    let size: Int
    private let mode: UInt32

    /// What is at a path that is not the caller's to choose.
    init(of path: String, followingLinks: Bool) throws(Errno) {
        var raw = stat()
        try call {
            unsafe fstatat(AT_FDCWD, path, &raw, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
        }
        self.init(raw)
    }

    /// The same, following links, of a path as C has it.
    init(at path: UnsafePointer<CChar>) throws(Errno) {
        var raw = stat()
        try call { unsafe fstatat(AT_FDCWD, path, &raw, 0) }
        self.init(raw)
    }

    fileprivate init(_ raw: stat) {
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        owner = UserID(raw.st_uid)
        group = GroupID(raw.st_gid)
        size = Int(clamping: raw.st_size)
        mode = raw.st_mode
    }

    /// Who may do what, without the kind of file.
    var permissions: UInt32 { mode & ~linux_S_IFMT }

    var isDirectory: Bool { mode & linux_S_IFMT == linux_S_IFDIR }
    var isRegular: Bool { mode & linux_S_IFMT == linux_S_IFREG }

    /// Whether root owns it and nobody else may write it. An access control list that lets more
    /// people write shows in the group bits.
    var onlyRootWrites: Bool { owner == .root && mode & linux_WRITABLE_BY_OTHERS == 0 }

    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}
