internal import CLinux

/// A line of output, written with a single write(2).
///
/// lxc-start gives its helper one pipe as both stdout and stderr, reads it once, at most 4,096
/// bytes, and overwrites the last byte it read. So a report is a single write of at most 4,095
/// bytes, and its last byte is its only newline.
package enum OutputLine {
    package static let longest = 4095

    package static func result(_ text: String) throws(Errno) {
        try writeOnce(line(text), to: STDOUT_FILENO)
    }

    package static func error(_ text: String) throws(Errno) {
        try writeOnce(line(text), to: STDERR_FILENO)
    }

    static func line(_ text: String) -> [UInt8] {
        Array(text.utf8.prefix(longest - 1)).map { $0 == 0x0a ? 0x20 : $0 } + [0x0a]
    }
}
