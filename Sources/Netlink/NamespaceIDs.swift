internal import CNetlink
package import Linux

/// The ID by which one network namespace knows another: see `ip netns list-id`.
package struct NamespaceID: Equatable, Sendable {
    package let number: Int32
    package init(_ number: Int32) { self.number = number }
}

extension RouteSocket {
    /// The ID of another namespace in this socket's namespace (RTM_GETNSID); `nil` if it has none
    /// there.
    package borrowing func id(
        of namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) -> NamespaceID? {
        try id(Int(NETNSA_FD), UInt32(bitPattern: namespace.number))
    }

    /// The ID of the namespace of a process (RTM_GETNSID with NETNSA_PID), which needs no
    /// permission to inspect that process; `nil` if it has none, like the namespace of this socket.
    package borrowing func id(
        ofNamespaceOf process: ProcessID
    ) throws(NetlinkError) -> NamespaceID? {
        try id(Int(NETNSA_PID), UInt32(bitPattern: process.number))
    }

    private borrowing func id(
        _ attribute: Int, _ value: UInt32
    ) throws(NetlinkError) -> NamespaceID? {
        let reply = try query("look up the network namespace", RTM_GETNSID) {
            message throws(Errno) in
            try message.begin(rtgenmsg())
            try message.put(attribute, value)
        }
        let number = reply.attributes(after: rtgenmsg.self).number(Int(NETNSA_NSID), as: Int32.self)
        return number.flatMap { $0 >= 0 ? NamespaceID($0) : nil }
    }

    /// Whether a process or a descriptor still refers to the namespace. If not, the kernel is
    /// removing it, with all interfaces in it.
    package borrowing func isAlive(_ namespace: NamespaceID) throws(NetlinkError) -> Bool {
        do throws(NetlinkError) {
            // The loopback interface.
            _ = try interface(at: InterfaceIndex(1), in: namespace)
            return true
        } catch  where error.errno == .EINVAL {
            return false
        }
    }
}
