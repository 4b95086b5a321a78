internal import CLinux

/// A program that a service runs to completion, with input and captured output, and without the
/// shell that system(3) and popen(3) use, so no argument can become a command (shell injection).
///
/// Input and output are files in memory (memfd_create(2)). With pipes, this process would have to
/// read and write at the same time, and would wait for as long as a daemon that the program started
/// keeps a pipe open. A program that exceeds its time limit is terminated.
package struct ExternalProgram: Sendable {
    package let path: String

    /// The search path, which the program gets as PATH as well.
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
        /// Whether the program was ended because it ran longer than its time limit.
        package let exceededTimeLimit: Bool
        package let output: [UInt8]
        package let errorOutput: [UInt8]
    }

    /// The time limit (timeout) of a program in milliseconds. `iptables-restore` waits up to
    /// 10 s for a lock.
    package static let timeLimit: Int32 = 30_000

    /// - Parameter milliseconds: the time after which the program is sent SIGTERM, and 2 s later
    ///   SIGKILL.
    /// - Parameter meanwhile: what to do after the program has started, before waiting for it.
    package func run(
        _ arguments: [String], input: [UInt8] = [], atMost milliseconds: Int32 = timeLimit,
        meanwhile: () -> Void = {}
    ) throws(Errno) -> Outcome {
        let given = try Self.memoryFile()
        try given.write(all: input)
        try call { lseek(given.number, 0, SEEK_SET) }
        let output = try Self.memoryFile()
        let errorOutput = try Self.memoryFile()
        let process = try spawn(
            path, arguments.map { Array($0.utf8) },
            environment: ["PATH=" + Self.directories.joined(separator: ":"), "LC_ALL=C"],
            descriptors: [given.number, output.number, errorOutput.number])
        meanwhile()
        let isLate = try Self.end(process, after: milliseconds)
        let status = try call { linux_await(process) }
        return Outcome(
            status: status >= 0 ? status : nil, exceededTimeLimit: isLate,
            output: try output.contents(), errorOutput: try errorOutput.contents())
    }

    /// - Returns: whether the child was still running after that time, and was ended.
    private static func end(
        _ process: pid_t, after milliseconds: Int32
    ) throws(Errno) -> Bool {
        // A child that has ended keeps its ID until this process waits for it.
        guard let child = try PIDFD.open(ProcessID(process)), !child.ended(within: milliseconds)
        else { return false }
        try child.terminate()
        if !child.ended(within: 2000) { try child.kill() }
        return true
    }

    private static func memoryFile() throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_memfd_create("berth") })
    }
}

/// Starts a program with these standard descriptors, default signal actions and no signal blocked:
/// see posix_spawn(3).
/// - Parameter arguments: without the program's own name.
/// - Returns: its process ID.
func spawn(
    _ path: String, _ arguments: [[UInt8]], environment: [String], descriptors: [Int32]
) throws(Errno) -> pid_t {
    let words = try CStringVector([Array(path.utf8)] + arguments)
    let settings = try CStringVector(environment)
    var process: pid_t = 0
    var attempts = 0
    while true {
        let error = unsafe linux_spawn(
            path, words.pointers, settings.pointers, descriptors, &process)
        attempts += 1
        if error == 0 { return process }
        guard error == EACCES, attempts < maximumAttempts else { throw Errno(error) }
        pause(milliseconds: 50)
    }
}

/// While apparmor_parser(8) replaces a profile, the kernel finds none of its child profiles for a
/// moment, and then does not execute the programs that run in them. An upgrade of Berth does this.
private var maximumAttempts: Int { 20 }
