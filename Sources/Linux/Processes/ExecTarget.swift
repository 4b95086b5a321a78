internal import CLinux

/// The program that this process executes, with its arguments and environment.
package struct ExecTarget: Sendable {
    private let path: [UInt8]
    private let arguments: [[UInt8]]
    private let environment: [[UInt8]]

    package enum LookupError: Error {
        case notFound
        case refused(Errno)

        /// The exit status that a shell uses: 127 or 126.
        package var exitStatus: Int32 { if case .notFound = self { 127 } else { 126 } }
    }

    /// Finds the command as a shell does: by its path if its name contains a slash, else in the
    /// directories of PATH. Uses the current credentials of this process.
    /// - Parameter arguments: the command and its arguments.
    /// - Parameter environment: strings `NAME=VALUE`.
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
            do { try requireExecutable(command) } catch {
                throw error == .ENOENT ? .notFound : .refused(error)
            }
            return command
        }
        var refusal = LookupError.notFound
        for directory in directories(in: environment) {
            // An empty entry means the working directory: see environ(7).
            let path = (directory.isEmpty ? [0x2e] : directory) + [0x2f] + command
            do {
                try requireExecutable(path)
                return path
            } catch {
                // Report a file that cannot be executed, but not a directory that cannot be
                // searched.
                let exists = unsafe withCString(path) { unsafe (try? FileStatus(at: $0)) != nil }
                if exists, case .notFound = refusal { refusal = .refused(error) }
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

    /// Throws unless this process may execute the file (faccessat(2) with AT_EACCESS).
    private static func requireExecutable(_ path: [UInt8]) throws(Errno) {
        let status = try unsafe withCString(path) { path throws(Errno) in
            // As the effective user, not as the real one.
            try call { unsafe faccessat(AT_FDCWD, path, X_OK, linux_AT_EACCESS) }
            return try unsafe FileStatus(at: path)
        }
        if status.isDirectory { throw Errno.EACCES }
    }

    /// The command as the caller wrote it.
    package var name: String { printable(arguments.first ?? []) }

    /// Executes the program in place of this one: see execve(2). By path, not with fexecve(3),
    /// which starts a script only if the descriptor stays open.
    /// - Returns: why that failed.
    package func begin() -> LookupError {
        do throws(Errno) {
            let words = try CStringVector(arguments)
            let settings = try CStringVector(environment)
            try unsafe withCString(path) { path throws(Errno) in
                _ = try callOnce {
                    unsafe linux_execute_command(path, words.pointers, settings.pointers)
                }
            }
            return .refused(.EBADMSG)
        } catch {
            return error == .ENOENT ? .notFound : .refused(error)
        }
    }
}
