internal import CLinux

/// A program that is run to completion as root, by an absolute path, without environment and input:
/// the caller controls none of these. Its standard error is captured (posix_spawn(3), pipe2(2)).
package struct PrivilegedCommand: Sendable {
    private let path: String

    package init(path: String) { self.path = path }

    package enum RunError: Error {
        case notInstalled(path: String)
        case refused(path: String, Errno)
        /// - Parameter status: the exit status; `nil` if a signal ended the program.
        /// - Parameter errorOutput: its standard error, printable.
        case failed(path: String, status: Int32?, errorOutput: String)
    }

    /// - Returns: the exit status, one of those accepted.
    @discardableResult
    package func run(
        _ arguments: [String], as root: borrowing SavedRoot, accepting: [Int32] = [0]
    ) throws(RunError) -> Int32 {
        let ended: (status: Int32, errorOutput: [UInt8])
        do {
            ended = try root.asRoot { () throws(Errno) in try runToEnd(arguments) }
        } catch {
            throw error == .ENOENT ? .notInstalled(path: path) : .refused(path: path, error)
        }
        guard accepting.contains(ended.status) else {
            let status = ended.status >= 0 ? ended.status : nil
            throw .failed(
                path: path, status: status, errorOutput: printable(ended.errorOutput, limit: 400))
        }
        return ended.status
    }

    private func runToEnd(
        _ arguments: [String]
    ) throws(Errno) -> (status: Int32, errorOutput: [UInt8]) {
        var ends: [Int32] = [-1, -1]
        try call { unsafe linux_pipe(&ends) }
        let reading = Descriptor(owning: ends[0])
        let process: pid_t
        do {
            // Close it once the program has a copy, so that the end of the program closes the pipe.
            let writing = Descriptor(owning: ends[1])
            let null = try Descriptor.open("/dev/null", O_RDWR)
            process = try spawn(
                path, arguments.map { Array($0.utf8) }, environment: [],
                descriptors: [null.number, null.number, writing.number])
        }
        var text = try reading.readToEnd(keeping: 1024)
        while text.last == 0x0a { text.removeLast() }
        return (try call { linux_await(process) }, text.map { $0 == 0x0a ? 0x20 : $0 })
    }
}
