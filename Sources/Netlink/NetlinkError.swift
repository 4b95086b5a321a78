package import Linux

/// A netlink request that failed.
package struct NetlinkError: Error {
    /// The request, in words that follow "cannot".
    package let operation: String
    /// The kernel's error number. libnl's codes merge several of them.
    package let errno: Errno
    /// The kernel's explanation (extack, NLMSGERR_ATTR_MSG), or empty.
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
