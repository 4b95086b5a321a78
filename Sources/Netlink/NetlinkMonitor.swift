internal import CNetlink
internal import Linux

/// A subscription to netlink notifications: a socket in multicast groups of the kernel, which libnl
/// joins with the socket option NETLINK_ADD_MEMBERSHIP.
@safe public struct NetlinkMonitor: ~Copyable {
    private let raw: OpaquePointer
    /// The message types of interest; `nil` for all.
    private let kinds: [UInt16]?

    private init(_ kinds: [UInt16]?) throws(Errno) {
        guard let raw = unsafe nl_socket_alloc() else { throw .ENOMEM }
        unsafe self.raw = raw
        self.kinds = kinds
    }

    deinit { unsafe nl_socket_free(raw) }

    /// Notifications of changed interfaces and addresses.
    package static func ofInterfaces() throws(NetlinkError) -> NetlinkMonitor {
        try listen(
            NETLINK_ROUTE,
            [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR].map { $0.rawValue },
            kinds: nil)
    }

    /// Notifications of removed nftables tables, chains and rules. All others are ignored, because
    /// some hosts change set elements all the time. A kernel without nftables sends none.
    package static func ofLostRules() throws(NetlinkError) -> NetlinkMonitor {
        do throws(NetlinkError) {
            return try listen(
                NETLINK_NETFILTER, [NFNLGRP_NFTABLES.rawValue],
                kinds: [NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELRULE].map {
                    UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16($0.rawValue)
                })
        } catch  where error.errno == .EPROTONOSUPPORT {
            // A socket that has joined no group receives nothing.
            return try listen(NETLINK_ROUTE, [], kinds: [])
        }
    }

    private static func listen(
        _ family: Int32, _ groups: [UInt32], kinds: [UInt16]?
    ) throws(NetlinkError) -> NetlinkMonitor {
        do throws(Errno) {
            let monitor = try NetlinkMonitor(kinds)
            unsafe nl_socket_disable_seq_check(monitor.raw)
            guard unsafe nl_connect(monitor.raw, family) == 0 else { throw .lastFailure }
            for group in groups {
                guard unsafe nl_socket_add_membership(monitor.raw, Int32(group)) == 0 else {
                    throw .lastFailure
                }
            }
            guard unsafe nl_socket_set_nonblocking(monitor.raw) == 0 else { throw .lastFailure }
            return monitor
        } catch {
            throw NetlinkError("subscribe to notifications of network changes", error)
        }
    }

    /// The descriptor to poll.
    package var pollDescriptor: Int32 { unsafe nl_socket_get_fd(raw) }

    /// Discards pending notifications, because the caller reads the whole state afterwards.
    /// - Returns: whether a notification of interest was received, or may have been lost (ENOBUFS).
    package borrowing func drain() -> Bool {
        var matters = false
        while true {
            var sender = sockaddr_nl()
            var buffer: UnsafeMutablePointer<UInt8>?
            var rest = unsafe nl_recv(raw, &sender, &buffer, nil)
            defer { unsafe free(buffer) }
            guard rest > 0, let start = unsafe buffer else {
                return matters || rest != -NLE_AGAIN && rest != 0
            }
            var next = unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: nlmsghdr.self)
            while unsafe nlmsg_ok(next, rest) != 0 {
                let kind = unsafe next.pointee.nlmsg_type
                matters = matters || kinds?.contains(kind) ?? true
                unsafe next = nlmsg_next(next, &rest)
            }
        }
    }
}
