package import Linux

/// The kernel did not do what it was asked over netlink.
package struct NetlinkError: Error {
    /// What was asked, in words that follow "cannot".
    package let operation: String
    /// The number as the kernel sent it; libnl's own codes merge several into one.
    package let errno: Errno
    /// The kernel's own sentence about it, or nothing.
    package let explanation: String

    package init(_ operation: String, _ errno: Errno, explanation: String = "") {
        self.operation = operation
        self.errno = errno
        self.explanation = explanation
    }
}

extension NetlinkError: CustomStringConvertible {
    package var description: String {
        explanation.utf8.isEmpty
            ? "cannot \(operation): \(errno.description)"
            : "cannot \(operation): \(errno.description) (\(explanation))"
    }
}
