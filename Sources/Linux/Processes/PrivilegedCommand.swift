internal import CLinux

/// Another program, run to its end with nothing of the caller's: an absolute path, no environment,
/// no input, and its complaints heard.
package struct PrivilegedCommand: Sendable {
    private let path: String

    package init(path: String) { self.path = path }

    package enum RunError: Error {
        case notInstalled(path: String)
        case refused(path: String, Errno)
        /// It ended with this status, or by a signal with `nil`, and said this.
        case failed(path: String, status: Int32?, said: String)
    }

    /// - Returns: the tool's exit status, one of those accepted.
    @discardableResult
    package func run(
        _ arguments: [String], as root: borrowing SavedRoot, accepting: [Int32] = [0]
    ) throws(RunError) -> Int32 {
        let ended: (status: Int32, said: [UInt8])
        do {
            ended = try root.asRoot { () throws(Errno) in try runToEnd(arguments) }
        } catch {
            throw error == .notFound ? .notInstalled(path: path) : .refused(path: path, error)
        }
        guard accepting.contains(ended.status) else {
            let status = ended.status >= 0 ? ended.status : nil
            throw .failed(path: path, status: status, said: printable(ended.said, limit: 400))
        }
        return ended.status
    }

    private func runToEnd(_ arguments: [String]) throws(Errno) -> (status: Int32, said: [UInt8]) {
        var ends: [Int32] = [-1, -1]
        try call { unsafe linux_pipe(&ends) }
        let reading = Descriptor(owning: ends[0])
        let process: pid_t
        do {
            // Closed here once the tool has its own: the end of the tool is then the end of the
            // pipe.
            let writing = Descriptor(owning: ends[1])
            process = try start(arguments, complaints: writing.number)
        }
        let said = try reading.everythingWritten(keeping: 1024)
        return (try call { linux_await(process) }, said)
    }

    private func start(_ arguments: [String], complaints: Int32) throws(Errno) -> pid_t {
        var vector = unsafe ([path] + arguments).map { word in unsafe strdup(word) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { word in unsafe free(word) } }
        var process: pid_t = 0
        let nothing = try Descriptor.open("/dev/null", O_RDWR)
        let error = unsafe linux_spawn_alone(path, vector, nothing.number, complaints, &process)
        guard error == 0 else { throw Errno(error) }
        return process
    }
}

extension Descriptor {
    /// Reads a pipe until its last writer is gone, and keeps the beginning, on one line.
    fileprivate borrowing func everythingWritten(keeping limit: Int) throws(Errno) -> [UInt8] {
        var kept: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = try call {
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(number, $0.baseAddress, $0.count)
                }
            }
            if count == 0 { break }
            kept += chunk[..<min(count, limit - kept.count)]
        }
        while kept.last == 0x0a { kept.removeLast() }
        return kept.map { $0 == 0x0a ? 0x20 : $0 }
    }
}
