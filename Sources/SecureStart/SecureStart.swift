internal import CSecureStart

/// The command line and the environment with which the kernel started this program, byte for byte.
///
/// The programs that start with root's privileges read both here. Before any library ran,
/// CSecureStart emptied the vector from which libraries would read the environment.
package enum SecureStart {
    /// The arguments without the program's own name. There is not even a name (argc is 0) if
    /// execve(2) was given an empty argv, which kernels before Linux 5.18 accept.
    package static var arguments: [[UInt8]] {
        (1..<max(1, secure_start_argument_count())).map { index in
            var length: UInt = 0
            let start = unsafe secure_start_argument(index, &length)
            return unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
        }
    }

    /// Replaces the name by which the caller started this program (argv[0]) in `/proc/PID/cmdline`.
    package static func replaceName(with name: StaticString) {
        unsafe secure_start_replace_name(name.utf8Start)
    }

    /// The strings of the environment, `NAME=VALUE`, in the order in which execve(2) received them.
    package static var environment: [[UInt8]] {
        var length: UInt = 0
        let start = unsafe secure_start_environment(&length)
        return unsafe UnsafeBufferPointer(start: start, count: Int(length))
            .split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
                unsafe Array($0)
            }
    }
}
