internal import CLinux

/// The one line that a helper says to whoever started it.
///
/// lxc-start gives its helper one pipe as both stdout and stderr, reads it once, 4,096 bytes at
/// most, and overwrites the last byte it read. So a report is a single write of at most 4,095
/// bytes, and its last byte is its only newline.
package enum OutputLine {
    package static let longest = 4095

    package static func result(_ text: String) throws(Errno) { try write(text, to: STDOUT_FILENO) }
    package static func error(_ text: String) throws(Errno) {
        try write(text, to: STDERR_FILENO)
    }

    static func line(_ text: String) -> [UInt8] {
        Array(text.utf8.prefix(longest - 1)).map { $0 == 0x0a ? 0x20 : $0 } + [0x0a]
    }

    private static func write(_ text: String, to number: Int32) throws(Errno) {
        let bytes = line(text)
        let written = try call {
            unsafe bytes.withUnsafeBytes { unsafe CLinux.write(number, $0.baseAddress, $0.count) }
        }
        // Half a line is no answer: a full pipe that does not wait is as good as a closed one.
        guard written == bytes.count else { throw Errno(EAGAIN) }
    }
}

/// Of names that others chose those that a shell may be offered for completion: bash expands the words that it
/// is told, commands in them too, and one that begins with a dash would be taken for an option.
package func completable(_ names: [String]) -> [String] {
    names.filter { name in
        !name.utf8.isEmpty && name.utf8.first != 0x2d
            && name.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x30...0x39).contains(byte) || "._-@+".utf8.contains(byte)
            }
    }
}

/// Waits without the processor; a signal may end the wait early.
package func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    _ = unsafe nanosleep(&time, nil)
}

/// Ends the program: nothing else here does.
package func leave(_ succeeded: Bool) -> Never { exit(succeeded ? EXIT_SUCCESS : EXIT_FAILURE) }
package func leave(status: Int32) -> Never { exit(status) }
