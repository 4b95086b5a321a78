internal import CLinux

/// The program that this process becomes, with everything that the caller gave it.
package struct ExecTarget: Sendable {
    private let path: [UInt8]
    private let arguments: [[UInt8]]
    private let environment: [[UInt8]]

    package enum LookupError: Error {
        case notFound
        case refused(Errno)

        /// As a shell tells them apart: 127 and 126.
        package var exitStatus: Int32 { if case .notFound = self { 127 } else { 126 } }
    }

    /// Looks for the command where a shell would: by its path if there is a slash in its name, else
    /// in the directories of the environment's PATH, as whoever this process is at the moment.
    /// - Parameter arguments: the command itself first; at least that.
    package init(_ arguments: [[UInt8]], environment: [[UInt8]]) throws(LookupError) {
        guard let command = arguments.first, !command.isEmpty else { throw .notFound }
        path = try Self.search(for: command, in: environment)
        self.arguments = arguments
        self.environment = environment
    }

    private static func search(
        for command: [UInt8], in environment: [[UInt8]]
    ) throws(LookupError) -> [UInt8] {
        if command.contains(0x2f) {
            do { try look(at: command) } catch {
                throw error == .notFound ? .notFound : .refused(error)
            }
            return command
        }
        var refusal = LookupError.notFound
        for directory in directories(in: environment) {
            // An empty entry means the working directory: see environ(7).
            let path = (directory.isEmpty ? [0x2e] : directory) + [0x2f] + command
            do {
                try look(at: path)
                return path
            } catch {
                // Of what is there and may not be run; a directory that may not be searched has nothing.
                let isThere = unsafe withCString(path) { unsafe (try? FileStatus(at: $0)) != nil }
                if isThere, case .notFound = refusal { refusal = .refused(error) }
            }
        }
        throw refusal
    }

    private static func directories(in environment: [[UInt8]]) -> [[UInt8]] {
        let name = Array("PATH=".utf8)
        let value = environment.first { $0.starts(with: name) }?.dropFirst(name.count)
        return (value ?? Array("/usr/local/bin:/usr/bin:/bin".utf8)[...])
            .split(separator: 0x3a, omittingEmptySubsequences: false).map { Array($0) }
    }

    /// Whether this process may execute the file there.
    private static func look(at path: [UInt8]) throws(Errno) {
        let status = try unsafe withCString(path) { path throws(Errno) in
            // By the effective user: what the caller alone may do is what counts.
            try call { unsafe faccessat(AT_FDCWD, path, X_OK, linux_AT_EACCESS) }
            return try unsafe FileStatus(at: path)
        }
        if status.isDirectory { throw Errno(EACCES) }
    }

    /// As the caller wrote it.
    package var name: String { printable(arguments.first ?? []) }

    /// Becomes the program.
    /// - Returns: why not.
    package func begin() -> LookupError {
        var words = unsafe Self.vector(arguments)
        var settings = unsafe Self.vector(environment)
        defer {
            unsafe words.forEach { unsafe free($0) }
            unsafe settings.forEach { unsafe free($0) }
        }
        // A list that ended where memory did would be another command.
        guard unsafe words.count == arguments.count + 1 && settings.count == environment.count + 1
        else { return .refused(.noMemory) }
        // A script without a first line that names its interpreter is the shell's: see execvp(3).
        unsafe withCString(path) { path in unsafe _ = execvpe(path, &words, &settings) }
        let failure = Errno.lastFailure
        return failure == .notFound ? .notFound : .refused(failure)
    }

    /// - Returns: a copy of each word, up to the first for which there is no memory, and a null pointer.
    private static func vector(_ words: [[UInt8]]) -> [UnsafeMutablePointer<CChar>?] {
        var vector: [UnsafeMutablePointer<CChar>?] = unsafe []
        for word in words {
            guard let copy = unsafe withCString(word, { unsafe strdup($0) }) else { break }
            unsafe vector.append(copy)
        }
        unsafe vector.append(nil)
        return unsafe vector
    }
}
