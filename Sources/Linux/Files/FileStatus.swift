internal import CLinux

/// The attributes of a file that stat(2) reports.
struct FileStatus: Equatable {
    let device: UInt64
    let inode: UInt64
    let owner: UserID
    let group: GroupID
    /// Bytes.
    let size: Int
    /// The time of the last modification, in seconds since 1970.
    let modified: UInt64
    private let mode: UInt32
    /// Differs after each change of the contents, unless root sets the time back.
    let version: Version

    struct Version: Equatable {
        let size: Int
        /// The time of the last modification, in seconds since 1970 and nanoseconds. Its resolution
        /// is a second in some file systems, and in others before Linux 6.13 that of the kernel's
        /// timer, a few milliseconds. Not the time of the last change (ctime): another user's hard
        /// link changes that.
        let seconds: Int64
        let nanoseconds: Int64

        /// How long the same time may be given to changes, in milliseconds, plus the time for the
        /// kernel to copy what write(2) writes, which it does after it has changed the time.
        var resolution: Int { nanoseconds == 0 ? 1000 : 20 }

        /// Waits until a further change, and one that may be in progress, changes the version.
        func settle() {
            var now = timespec()
            guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return }
            let age =
                (Int64(now.tv_sec) &- seconds) &* 1000
                &+ (Int64(now.tv_nsec) &- nanoseconds) / 1_000_000
            if age.magnitude < resolution { pause(milliseconds: resolution) }
        }
    }

    /// - Parameter path: must not come from a user.
    init(of path: String, followingLinks: Bool = true) throws(Errno) {
        try unsafe self.init(at: path, followingLinks: followingLinks)
    }

    init(at path: UnsafePointer<CChar>, followingLinks: Bool = true) throws(Errno) {
        var raw = stat()
        try call {
            unsafe fstatat(AT_FDCWD, path, &raw, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
        }
        self.init(raw)
    }

    init(_ raw: stat) {
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        owner = UserID(raw.st_uid)
        group = GroupID(raw.st_gid)
        size = Int(clamping: raw.st_size)
        modified = UInt64(clamping: raw.st_mtim.tv_sec)
        mode = raw.st_mode
        version = Version(
            size: size, seconds: Int64(raw.st_mtim.tv_sec), nanoseconds: Int64(raw.st_mtim.tv_nsec))
    }

    /// The twelve permission bits.
    var permissions: UInt32 { mode & ~linux_S_IFMT }

    var kind: FileKind {
        switch mode & linux_S_IFMT {
        case linux_S_IFREG: .regular
        case linux_S_IFDIR: .directory
        case linux_S_IFLNK: .symbolicLink
        case linux_S_IFCHR: .characterDevice
        case linux_S_IFBLK: .blockDevice
        default: .other
        }
    }
    var isDirectory: Bool { mode & linux_S_IFMT == linux_S_IFDIR }
    var isRegular: Bool { mode & linux_S_IFMT == linux_S_IFREG }
    var isSymbolicLink: Bool { mode & linux_S_IFMT == linux_S_IFLNK }

    /// Whether root owns the file and other users cannot write it. An access control list that
    /// grants write permission shows in the group bits.
    var onlyRootWrites: Bool { owner == .root && mode & 0o022 == 0 }

    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}
