internal import CNetlink
internal import Linux

/// The kernel's notices that an interface or an address has changed.
@safe public struct ChangeNotices: ~Copyable {
    private let raw: OpaquePointer

    private init() throws(Errno) {
        guard let raw = unsafe nl_socket_alloc() else { throw .noMemory }
        unsafe self.raw = raw
    }

    deinit { unsafe nl_socket_free(raw) }

    package static func listen() throws(NetlinkError) -> ChangeNotices {
        do throws(Errno) {
            let notices = try ChangeNotices()
            unsafe nl_socket_disable_seq_check(notices.raw)
            guard unsafe nl_connect(notices.raw, NETLINK_ROUTE) == 0 else { throw .lastFailure }
            for group in [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR] {
                guard unsafe nl_socket_add_membership(notices.raw, Int32(group.rawValue)) == 0
                else { throw .lastFailure }
            }
            guard unsafe nl_socket_set_nonblocking(notices.raw) == 0 else { throw .lastFailure }
            return notices
        } catch {
            throw NetlinkError("listen for changes of the network", error)
        }
    }

    /// For waiting for them among other things.
    package var readiness: Int32 { unsafe nl_socket_get_fd(raw) }

    /// Forgets those that have come. What they say does not matter: whoever was woken looks at the
    /// whole, and a notice that was lost for lack of room woke him all the same.
    package borrowing func drain() {
        while true {
            var sender = sockaddr_nl()
            var buffer: UnsafeMutablePointer<UInt8>?
            let length = unsafe nl_recv(raw, &sender, &buffer, nil)
            if let buffer = unsafe buffer { unsafe free(buffer) }
            guard length > 0 else { return }
        }
    }
}
