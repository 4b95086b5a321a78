internal import CLinux

/// An open file descriptor, closed (close(2)) at the end of its scope.
///
/// Public, because in Embedded Swift another module can destroy only values of public types.
public struct Descriptor: ~Copyable {
    /// -1 after ``release()``.
    package private(set) var number: Int32

    package init(owning number: Int32) { self.number = number }

    deinit { if number >= 0 { closeDescriptor(number) } }

    /// Gives up the ownership: the descriptor stays open.
    mutating func release() -> Int32 {
        defer { number = -1 }
        return number
    }

    /// Opens a file (open(2)) with close-on-exec (O_CLOEXEC). The path must not come from a user:
    /// symbolic links are followed.
    static func open(
        _ path: String, _ flags: Int32, mode: UInt32 = 0
    ) throws(Errno) -> Descriptor {
        Descriptor(owning: try unsafe openDescriptor(path, flags, mode: mode))
    }

    /// The attributes of the open file (fstat(2)), even if its name now refers to another.
    borrowing func status() throws(Errno) -> FileStatus {
        var raw = stat()
        try call { unsafe fstat(number, &raw) }
        return FileStatus(raw)
    }

    /// Reads a file again if it was changed meanwhile. The caller of a setuid program may stop it
    /// between any two system calls: the beginning of one version, with the end of another, could
    /// grant what neither grants.
    /// - Parameters:
    ///   - opened: the status of the file before the first attempt.
    ///   - body: gets the length of the file in bytes.
    /// - Returns: `nil` if the file was changed during each of 8 attempts.
    borrowing func readUnchanged<Result>(
        since opened: FileStatus, _ body: (_ size: Int) throws(Errno) -> Result
    ) throws(Errno) -> Result? {
        var before = opened.version
        for _ in 1...8 {
            before.settle()
            let result = try body(before.size)
            let after = try status().version
            if after == before { return result }
            before = after
        }
        return nil
    }

    /// Reads the whole file from its beginning.
    /// - Parameter expected: the probable length in bytes; if it is right, one call suffices.
    /// - Parameter limit: the maximum length in bytes. A longer file throws ``Errno/EINVAL``.
    borrowing func contents(expected: Int = 0, atMost limit: Int = .max) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            // One byte more than expected, so that one read also finds the end of the file.
            let size = max(expected + 1 - bytes.count, 4096)
            let chunk = try chunk(at: bytes.count, atMost: size)
            let isShort = chunk.count < size
            let isEmpty = chunk.isEmpty
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= limit else { throw .EINVAL }
            // A regular file returns fewer bytes than requested at its end, or before an error,
            // such as that the caller's cgroup has no memory for the next page.
            if isEmpty || isShort && bytes.count >= expected { return bytes }
        }
    }

    /// Reads with one pread(2).
    borrowing func chunk(at offset: Int, atMost size: Int) throws(Errno) -> [UInt8] {
        let number = number
        var failure: Errno?
        let chunk = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            do throws(Errno) {
                count = try call {
                    unsafe pread(number, buffer.baseAddress, size, off_t(offset))
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return chunk
    }

    /// Reads to the end, in as many calls as necessary. The end of a pipe is reached when its last
    /// writer closes it.
    /// - Parameter limit: how many bytes to keep; the rest is read and discarded.
    borrowing func readToEnd(keeping limit: Int = .max) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try call {
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(number, $0.baseAddress, $0.count)
                }
            }
            guard count > 0 else { return bytes }
            bytes += chunk[..<min(count, limit - bytes.count)]
        }
    }

    /// Reads a file of the kernel up to its end, or up to that many bytes.
    borrowing func readStart(atMost limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let size = min(chunk.count, limit - bytes.count)
            let count = try call {
                unsafe chunk.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, size) }
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    borrowing func write(all bytes: [UInt8]) throws(Errno) { try writeAll(bytes, to: number) }

    /// Writes the bytes in a single call. This is a method because a temporary `Descriptor` would
    /// be closed before its number is used.
    borrowing func write(once bytes: [UInt8]) throws(Errno) { try writeOnce(bytes, to: number) }

    /// fchownat(2) with AT_EMPTY_PATH.
    borrowing func changeOwner(to user: UserID, _ group: GroupID) throws(Errno) {
        try call { unsafe fchownat(number, "", user.number, group.number, linux_AT_EMPTY_PATH) }
    }
}

func openDescriptor(
    _ path: UnsafePointer<CChar>, _ flags: Int32, mode: UInt32 = 0
) throws(Errno) -> Int32 {
    try call { unsafe linux_open(path, flags | O_CLOEXEC, mode) }
}

func closeDescriptor(_ number: Int32) {
    _ = close(number)
}

/// Writes all bytes, in as many calls of write(2) or pwrite(2) as necessary.
/// - Parameter offset: where in the file; `nil` for the descriptor's position.
func writeAll(_ bytes: [UInt8], to number: Int32, at offset: Int? = nil) throws(Errno) {
    var done = 0
    while done < bytes.count {
        done += try call {
            unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe all.baseAddress.unsafelyUnwrapped + done
                guard let offset else { return unsafe write(number, rest, all.count - done) }
                return unsafe pwrite(number, rest, all.count - done, off_t(offset + done))
            }
        }
    }
}

/// Writes in a single write(2), as required by kernel files and by readers that call read(2) once.
/// - Throws: ``Errno/EAGAIN`` if the call wrote only a part of them.
func writeOnce(_ bytes: [UInt8], to number: Int32) throws(Errno) {
    let written = try call {
        unsafe bytes.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
    }
    guard written == bytes.count else { throw .EAGAIN }
}
