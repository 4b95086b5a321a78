internal import CLinux

/// A file that determines what users may do, and must therefore be writable only by root. The open
/// file is checked, not its path (TOCTOU).
package struct TrustedFile: ~Copyable {
    private let descriptor: Descriptor
    private let opened: FileStatus
    private let path: String

    package enum TrustError: Error {
        case missing(path: String)
        /// Users other than root can write to the file, or replace it in its directory.
        case writableByOthers(path: String)
        case notADirectory(path: String)
        case notRegular(path: String)
        case unreadable(path: String, Errno)
        /// Root changes it so often that it could not be read between two changes.
        case changing(path: String)
    }

    /// Opens `directory/name`, following symbolic links. Only root may be able to write to the
    /// directory.
    package static func open(
        _ name: String, in directory: String
    ) throws(TrustError) -> TrustedFile {
        let path = "\(directory)/\(name)"
        try status(of: directory).requireTrustedDirectory(directory)
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let file = try readable(path) { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        }
        let status = try readable(path) { () throws(Errno) in try file.status() }
        try status.requireTrustedFile(path)
        return TrustedFile(descriptor: file, opened: status, path: path)
    }

    /// Opens a file in the directory that contains the running program, which must be writable only
    /// by root, without following symbolic links. A user who moves
    /// directories, or who has a hard link to a setuid program in a directory of their own, cannot
    /// choose the file.
    package static func openBesideThisProgram(
        _ name: String
    ) throws(TrustError) -> TrustedFile {
        let executable = "/proc/self/exe"
        let own = try readable(executable) { () throws(Errno) in
            try SmallFile.target(of: executable)
        }
        let end = own.lastIndex(of: 0x2f) ?? 0
        let parent = printable(own[..<end])
        let path = "\(parent)/\(name)"
        let directory = try readable(parent) { () throws(Errno) in
            try Directory.open(Array(own[..<end]))
        }
        let place = try readable(parent) { () throws(Errno) in
            try directory.descriptor.status()
        }
        try place.requireTrustedDirectory(parent)
        let contained = try readable(parent) { () throws(Errno) in
            try directory.opened(Array(own[(end + 1)...]), linux_O_PATH).status()
        }
        guard try contained.isSameFile(as: status(of: executable)) else {
            throw .unreadable(path: path, .ESRCH)
        }
        let file = try readable(path) { () throws(Errno) in
            try directory.opened(Array(name.utf8), O_RDONLY | O_NONBLOCK | O_NOCTTY)
        }
        let status = try readable(path) { () throws(Errno) in try file.status() }
        try status.requireTrustedFile(path)
        return TrustedFile(descriptor: file, opened: status, path: path)
    }

    /// Whether ``open(_:in:)`` would trust the file. A missing one is trusted.
    package static func isTrusted(_ name: String, in directory: String) -> Bool {
        let path = "\(directory)/\(name)"
        do throws(TrustError) {
            try status(of: directory).requireTrustedDirectory(directory)
            try status(of: path).requireTrustedFile(path)
            return true
        } catch {
            if case .missing = error { return true }
            return false
        }
    }

    /// - Parameter limit: the maximum length in bytes. A longer file is unreadable.
    package borrowing func contents(atMost limit: Int = .max) throws(TrustError) -> [UInt8] {
        try readUnchanged { size throws(Errno) in
            try descriptor.contents(expected: min(size, limit), atMost: limit)
        }
    }

    /// Combines all lines, as `reduce(into:)` does.
    /// - Parameter body: gets each line as a range of a buffer that the next line overwrites.
    package borrowing func reduceLines<Result>(
        into initial: Result,
        _ body: (_ result: inout Result, _ buffer: [UInt8], _ line: Range<Int>) -> Void
    ) throws(TrustError) -> Result {
        try readUnchanged { _ throws(Errno) in
            var result = initial
            var lines = LineReader(of: descriptor.number)
            while let line = try lines.next() { body(&result, lines.buffer, line) }
            return result
        }
    }

    private borrowing func readUnchanged<Result>(
        _ body: (_ size: Int) throws(Errno) -> Result
    ) throws(TrustError) -> Result {
        let result: Result?
        do { result = try descriptor.readUnchanged(since: opened, body) } catch {
            throw .unreadable(path: path, error)
        }
        guard let result else { throw .changing(path: path) }
        return result
    }

    /// Executes the file in place of this program: see execveat(2).
    /// - Returns: why that failed.
    borrowing func execute(_ words: [[UInt8]], _ environment: [[UInt8]]) -> Errno {
        let number = descriptor.number
        do throws(Errno) {
            let words = try CStringVector(words)
            let environment = try CStringVector(environment)
            _ = try callOnce { unsafe linux_execute(number, words.pointers, environment.pointers) }
            return .EBADMSG
        } catch { return error }
    }

    private static func status(of path: String) throws(TrustError) -> FileStatus {
        try readable(path) { () throws(Errno) in try FileStatus(of: path) }
    }

    private static func readable<Result: ~Copyable>(
        _ path: String, _ body: () throws(Errno) -> Result
    ) throws(TrustError) -> Result {
        do { return try body() } catch {
            throw error == .ENOENT ? .missing(path: path) : .unreadable(path: path, error)
        }
    }
}

extension FileStatus {
    func requireTrustedDirectory(_ path: String) throws(TrustedFile.TrustError) {
        guard isDirectory else { throw .notADirectory(path: path) }
        guard onlyRootWrites else { throw .writableByOthers(path: path) }
    }

    func requireTrustedFile(_ path: String) throws(TrustedFile.TrustError) {
        guard isRegular else { throw .notRegular(path: path) }
        guard onlyRootWrites else { throw .writableByOthers(path: path) }
    }
}

extension TrustedFile.TrustError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist"
        case .writableByOthers(let path):
            "\(path) is not trusted because users other than root can write it: as root, run "
                + "chown root:root and chmod go-w on it"
        case .notADirectory(let path): "\(path) is not a directory: as root, remove it"
        case .notRegular(let path): "\(path) is not a regular file: as root, remove it"
        case .unreadable(let path, let errno): "cannot read \(path): \(errno.description)"
        case .changing(let path): "\(path) is being changed: try again"
        }
    }
}
