internal import CNetlink
internal import Linux

/// A subscription to netlink notifications: a socket in multicast groups of the kernel.
public struct NetlinkMonitor: ~Copyable {
    private let socket: NetlinkSocket
    /// The message types of interest; `nil` for all.
    private let kinds: [Int32]?

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
                    Int32(NFNL_SUBSYS_NFTABLES) << 8 | Int32($0.rawValue)
                })
        } catch  where error.errno == .EPROTONOSUPPORT {
            // A socket that has joined no group receives nothing.
            return try listen(NETLINK_ROUTE, [], kinds: [])
        }
    }

    private static func listen(
        _ family: Int32, _ groups: [UInt32], kinds: [Int32]?
    ) throws(NetlinkError) -> NetlinkMonitor {
        do throws(Errno) {
            let socket = try NetlinkSocket.open(family, bufferSize: 32 << 10)
            try socket.subscribe(to: groups)
            return NetlinkMonitor(socket: socket, kinds: kinds)
        } catch {
            throw NetlinkError("subscribe to notifications of network changes", error)
        }
    }

    /// The descriptor to poll.
    package var pollDescriptor: Int32 { socket.pollDescriptor }

    /// Discards pending notifications, because the caller reads the whole state afterwards.
    /// - Returns: whether a notification of interest was received, or may have been lost (ENOBUFS).
    package borrowing func drain() -> Bool {
        var matters = false
        while true {
            do throws(Errno) {
                let messages = try socket.receive(waits: false)
                matters = matters || messages.contains { kinds?.contains($0.type) ?? true }
            } catch { return matters || error != .EAGAIN }
        }
    }
}
