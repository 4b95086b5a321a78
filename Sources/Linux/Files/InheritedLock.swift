internal import CLinux

/// A write lock on a byte of a file (fcntl(2), F_OFD_SETLK), which belongs to the open file: it is
/// held until this process and all programs that inherited the descriptor have ended, however they
/// end.
struct InheritedLock {
    private let file: Int32
    private let byte: Int64

    /// - Parameter word: determines the byte. Two words rarely have the same one, and no byte is
    ///   that of a user ID.
    init(of file: Int32, for word: [UInt8]) {
        self.file = file
        // FNV-1a. A hash of 40 bits, above the 32 bits of user IDs.
        let hash = word.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        byte = 1 << 40 | Int64(hash >> 24)
    }

    /// Takes the lock, and lets programs that this process starts inherit the descriptor.
    /// - Returns: `false` if another open file has it.
    func acquire() throws(Errno) -> Bool {
        do { _ = try set(linux_F_OFD_SETLK) } catch  where error == .EAGAIN || error == .EACCES {
            return false
        }
        try call { linux_fcntl(file, F_SETFD, 0) }
        return true
    }

    /// Whether another open file has the lock.
    var isHeld: Bool {
        get throws(Errno) { try set(linux_F_OFD_GETLK).l_type != Int16(F_UNLCK) }
    }

    private func set(_ command: Int32) throws(Errno) -> CLinux.flock {
        try lock(file, command, F_WRLCK, from: byte, length: 1)
    }
}
