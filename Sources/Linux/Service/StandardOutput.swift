internal import CLinux

/// Writes text of any length to standard output.
package func printOut(_ text: String) throws(Errno) {
    try printOut(bytes: Array(text.utf8))
}

/// Writes bytes to standard output.
package func printOut(bytes: [UInt8]) throws(Errno) { try writeAll(bytes, to: STDOUT_FILENO) }
