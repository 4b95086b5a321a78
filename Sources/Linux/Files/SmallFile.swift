internal import CLinux

/// Files of root's that are read whole and written whole, by paths that are the program's own.
package enum SmallFile {
    /// - Returns: `nil` if there is no such file.
    package static func contents(of path: String) throws(Errno) -> [UInt8]? {
        do {
            return try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY).wholeStream()
        } catch  where error == .notFound || error == Errno(ENOTDIR) {
            return nil
        }
    }

    /// The same of a file that is believed whatever it says: nobody but root may have written it.
    /// - Throws: ``Errno/notPermitted`` if somebody else may.
    package static func trustedContents(of path: String) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
            let status = try file.status()
            guard status.isRegular, status.onlyRootWrites else { throw Errno.notPermitted }
            return try file.wholeStream()
        } catch  where error == .notFound || error == Errno(ENOTDIR) {
            return nil
        }
    }

    /// Puts a new file in the place of the old one: whoever reads it sees the one or the other, after
    /// a power cut too.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o644
    ) throws(Errno) {
        let temporary = draft(of: path)
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

    /// Where a file is written before it takes its place.
    private static func draft(of path: String) -> String { "\(path).new" }

    /// Writes into a file that is there already, in one call, as the kernel's own files want it.
    package static func write(_ text: String, to path: String) throws(Errno) {
        let file = try Descriptor.open(path, O_WRONLY | O_CLOEXEC)
        try file.write(all: Array(text.utf8))
    }

    /// A file that is not there is as good as removed. What somebody who was killed has left of a new
    /// one goes too.
    package static func remove(_ path: String) throws(Errno) {
        for name in [path, draft(of: path)] {
            do { try call { unsafe unlink(name) } } catch  where error == .notFound {}
        }
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Makes the directory and those above it.
    package static func makeDirectory(_ path: String) throws(Errno) {
        var prefix = ""
        for part in path.utf8.split(separator: 0x2f) {
            prefix += "/" + String(decoding: part, as: UTF8.self)
            do { try call { unsafe mkdir(prefix, 0o755) } } catch  where error == .exists {}
        }
    }

    /// The names in a directory, sorted byte for byte; nothing if there is no such directory.
    package static func names(in directory: String) throws(Errno) -> [String] {
        guard let handle = unsafe opendir(directory) else {
            guard Errno.lastFailure == .notFound else { throw .lastFailure }
            return []
        }
        defer { unsafe _ = closedir(handle) }
        var names: [[UInt8]] = []
        while let entry = unsafe linux_next_entry(handle) {
            guard let name = unsafe linux_entry_name(entry) else { continue }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            if bytes.first != 0x2e { names.append(bytes) }
        }
        guard Errno.lastFailure == Errno(0) else { throw .lastFailure }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Where a symbolic link leads.
    package static func target(of link: String) throws(Errno) -> [UInt8] {
        var room = [CChar](repeating: 0, count: 4096)
        let count = try call { unsafe readlink(link, &room, room.count) }
        return room[..<count].map { UInt8(bitPattern: $0) }
    }
}

extension Descriptor {
    /// Everything until the end, also of a file of the kernel's that gives it in small pieces.
    borrowing func wholeStream() throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try call {
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(number, $0.baseAddress, $0.count)
                }
            }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}

/// A lock that ends with the process that holds it, whatever becomes of the file.
package struct ExclusiveRun: ~Copyable {
    private let file: Descriptor

    /// - Returns: `nil` if another process still holds it after that time.
    package static func begin(_ path: String, atMost milliseconds: Int) throws(Errno)
        -> ExclusiveRun?
    {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let end = linux_milliseconds() + milliseconds
        while linux_lock_file(file.number) == -1 {
            guard Errno.lastFailure == Errno(EWOULDBLOCK) else { throw .lastFailure }
            guard linux_milliseconds() < end else { return nil }
            pause(milliseconds: 20)
        }
        return ExclusiveRun(file: file)
    }

    /// Lets the next one begin.
    package borrowing func end() { _ = linux_unlock_file(file.number) }
}
