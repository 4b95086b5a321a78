internal import CLinux

/// Files that are read and written whole, by paths that the program itself chooses.
package enum SmallFile {
    /// - Returns: `nil` if the file does not exist.
    package static func contents(of path: String) throws(Errno) -> [UInt8]? {
        try open(path) { file throws(Errno) in try file.readToEnd() }
    }

    /// - Parameter limit: the maximum length in bytes. A longer file throws ``Errno/EINVAL``.
    /// - Returns: `nil` if the file does not exist.
    package static func contents(of path: String, atMost limit: Int) throws(Errno) -> [UInt8]? {
        try open(path) { file throws(Errno) in try file.contents(atMost: limit) }
    }

    /// The beginning of a file whose length another user determines, such as a table in
    /// `/proc/PID/net`.
    /// - Returns: `nil` if the file does not exist.
    package static func start(of path: String, atMost limit: Int) throws(Errno) -> [UInt8]? {
        try open(path) { file throws(Errno) in try file.readStart(atMost: limit) }
    }

    private static func open(
        _ path: String, read: (borrowing Descriptor) throws(Errno) -> [UInt8]
    ) throws(Errno) -> [UInt8]? {
        do {
            return try read(Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY))
        } catch  where error == .ENOENT || error == Errno(ENOTDIR) {
            return nil
        }
    }

    /// Writes into an existing file in a single call, as kernel files require.
    package static func write(_ text: String, to path: String) throws(Errno) {
        try Descriptor.open(path, O_WRONLY).write(once: Array(text.utf8))
    }

    /// Removes a file (unlink(2)), if it exists, and the temporary file that an interrupted
    /// ``replace`` left.
    package static func remove(_ path: String) throws(Errno) {
        for name in [path, temporaryName(of: path)] {
            do { try call { unsafe unlink(name) } } catch  where error == .ENOENT {}
        }
    }

    /// Removes an empty directory (rmdir(2)), if it exists.
    package static func removeDirectory(_ path: String) throws(Errno) {
        do { try call { unsafe rmdir(path) } } catch  where error == .ENOENT {}
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether the real user of this process can write to the file (access(2)); `false` on a
    /// read-only file system.
    package static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// How `/proc/locks` names a file, such as `00:1b:1234`; `nil` if it does not exist.
    package static func lockName(of path: String) -> String? {
        guard let file = try? FileStatus(of: path) else { return nil }
        // See makedev(3).
        let major = file.device >> 8 & 0xfff
        let minor = file.device & 0xff | file.device >> 12 & 0xf_ff00
        func digits(_ number: UInt64) -> String {
            (number < 16 ? "0" : "") + String(number, radix: 16)
        }
        return "\(digits(major)):\(digits(minor)):\(file.inode)"
    }

    package static func makeDirectory(_ path: String) throws(Errno) {
        var prefix = ""
        for part in path.utf8.split(separator: 0x2f) {
            prefix += "/" + String(decoding: part, as: UTF8.self)
            do { try call { unsafe mkdir(prefix, 0o755) } } catch  where error == .EEXIST {}
        }
    }

    /// The names in a directory, sorted, without hidden ones; none if it does not exist.
    package static func names(in directory: String) throws(Errno) -> [String] {
        guard let handle = unsafe opendir(directory) else {
            guard Errno.lastFailure == .ENOENT else { throw .lastFailure }
            return []
        }
        defer { unsafe _ = closedir(handle) }
        return try unsafe entryNames(of: handle)
            .filter { $0.first != 0x2e }
            .sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    package static func target(of link: String) throws(Errno) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = try call { unsafe readlink(link, &buffer, buffer.count) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }
}

/// The names of the entries of an open directory (readdir(3)), without `.` and `..`.
/// - Throws: if the list is incomplete, because a missing name may be the one that matters.
func entryNames(
    of directory: OpaquePointer,
    where isIncluded: (UnsafeMutablePointer<dirent>) -> Bool = { _ in true }
) throws(Errno) -> [[UInt8]] {
    var names: [[UInt8]] = []
    while let entry = unsafe linux_readdir(directory) {
        guard unsafe isIncluded(entry), let name = unsafe linux_entry_name(entry) else { continue }
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
        if bytes != [0x2e], bytes != [0x2e, 0x2e] { names.append(bytes) }
    }
    guard Errno.lastFailure == Errno(0) else { throw .lastFailure }
    return names
}
