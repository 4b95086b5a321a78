internal import CLinux

extension SmallFile {
    /// Replaces a file atomically, even if the power fails: writes a temporary file, then calls
    /// fsync(2) and rename(2).
    /// - Parameter temporary: the temporary file, if it must not be in the same directory.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o644,
        through temporary: String? = nil
    ) throws(Errno) {
        let temporary = temporary ?? temporaryName(of: path)
        do throws(Errno) {
            let file = try Descriptor.open(
                temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
            try file.write(all: bytes)
            try call { fchmod(file.number, mode) }
            try call { fsync(file.number) }
            try call { unsafe rename(temporary, path) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    static func temporaryName(of path: String) -> String { "\(path).new" }
}
