internal import CLinux

/// Another program of this host, run to its end by a service: with input, and its output kept.
///
/// Input and output are files in memory, so that nobody has to pump pipes, and a program that leaves
/// a daemon behind does not keep its caller waiting for the end of one.
package struct ExternalProgram: Sendable {
    package let path: String

    /// The directories in which programs of the system are, in the order in which they are searched.
    private static var directories: [String] {
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    }

    /// The program of that name; `nil` if it is not installed.
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
        /// The exit status; `nil` if a signal ended it.
        package let status: Int32?
        package let output: [UInt8]
        package let complaints: [UInt8]
    }

    package func run(_ arguments: [String], input: [UInt8] = []) throws(Errno) -> Outcome {
        let given = try Self.memoryFile()
        try given.write(all: input)
        try call { lseek(given.number, 0, SEEK_SET) }
        let output = try Self.memoryFile()
        let complaints = try Self.memoryFile()
        var vector = unsafe ([path] + arguments).map { word in unsafe strdup(word) }
        unsafe vector.append(nil)
        defer { unsafe vector.forEach { word in unsafe free(word) } }
        var process: pid_t = 0
        let error = unsafe linux_spawn_with(
            path, vector, given.number, output.number, complaints.number, &process)
        guard error == 0 else { throw Errno(error) }
        let status = try call { linux_await(process) }
        return Outcome(
            status: status >= 0 ? status : nil, output: try output.contents(),
            complaints: try complaints.contents())
    }

    private static func memoryFile() throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_memory_file("berth") })
    }
}

extension Descriptor {
    borrowing func write(all bytes: [UInt8]) throws(Errno) {
        var done = 0
        while done < bytes.count {
            done += try call {
                unsafe bytes.withUnsafeBytes {
                    unsafe CLinux.write(
                        number, $0.baseAddress.unsafelyUnwrapped + done, $0.count - done)
                }
            }
        }
    }
}
