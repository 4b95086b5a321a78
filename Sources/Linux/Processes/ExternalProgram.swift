internal import CLinux

/// A program that a service runs to completion, with input and captured output.
///
/// Input and output are files in memory. With pipes, this process would have to read and write at
/// once, and would wait as long as a daemon that the program started keeps a pipe open.
package struct ExternalProgram: Sendable {
    package let path: String

    /// The search path for programs, also for those that the program runs itself.
    private static var directories: [String] {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    }

    /// Finds a program by name; `nil` if it is not installed.
    package init?(named name: String) {
        for directory in Self.directories {
            let path = "\(directory)/\(name)"
            if unsafe access(path, X_OK) == 0 {
                self.path = path
                return
            }
        }
        return nil
    }

    package struct Outcome: Sendable {
        /// The exit status; `nil` if a signal ended the program.
        package let status: Int32?
        package let output: [UInt8]
        package let errorOutput: [UInt8]
    }

    package func run(_ arguments: [String], input: [UInt8] = []) throws(Errno) -> Outcome {
        let given = try Self.memoryFile()
        try given.write(all: input)
        try call { lseek(given.number, 0, SEEK_SET) }
        let output = try Self.memoryFile()
        let errorOutput = try Self.memoryFile()
        let process = try spawn(
            path, arguments,
            environment: ["PATH=" + Self.directories.joined(separator: ":"), "LC_ALL=C"],
            descriptors: [given.number, output.number, errorOutput.number])
        let status = try call { linux_await(process) }
        return Outcome(
            status: status >= 0 ? status : nil, output: try output.contents(),
            errorOutput: try errorOutput.contents())
    }

    private static func memoryFile() throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_memfd_create("berth") })
    }
}

/// Starts a program with these standard descriptors, default signal actions and no signal blocked.
/// - Parameter arguments: without the program's own name.
/// - Returns: its process ID.
func spawn(
    _ path: String, _ arguments: [String], environment: [String], descriptors: [Int32]
) throws(Errno) -> pid_t {
    let words = try CStringVector([path] + arguments)
    let settings = try CStringVector(environment)
    var process: pid_t = 0
    let error = unsafe linux_spawn(path, words.pointers, settings.pointers, descriptors, &process)
    guard error == 0 else { throw Errno(error) }
    return process
}
