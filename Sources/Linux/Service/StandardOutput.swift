internal import CLinux

/// Writes text of any length to standard output.
package func printOut(_ text: String) throws(Errno) {
    try writeAll(Array(text.utf8), to: STDOUT_FILENO)
}
