internal import CNetlink
internal import Linux

/// A socket that accepts TCP connections, or UDP datagrams from anywhere (`ss -ltun`).
package struct ListeningSocket: Equatable, Sendable {
    package let isTCP: Bool
    /// 4 or 16 bytes; all zero for any address.
    package let address: [UInt8]
    package let port: UInt16
    /// As in the links in `/proc/PID/fd`.
    package let inode: UInt32

    /// Those of this network namespace (SOCK_DIAG_BY_FAMILY). Unlike reading `/proc/net/tcp`, for
    /// which the kernel searches its whole table of connections, this takes microseconds.
    /// - Throws: if the kernel lacks the module for it, such as `tcp_diag`.
    package static func all() throws(NetlinkError) -> [ListeningSocket] {
        let socket = try RouteSocket.connect(to: NETLINK_SOCK_DIAG)
        var all: [ListeningSocket] = []
        for isTCP in [false, true] {
            for family in [AF_INET, AF_INET6] {
                all += try socket.listening(family, isTCP: isTCP)
            }
        }
        return all
    }
}

/// The state that the kernel calls TCP_LISTEN, and that of UDP sockets without a peer, TCP_CLOSE:
/// `include/net/tcp_states.h`, which the kernel does not export.
private enum State {
    static let listen: UInt32 = 10
    static let close: UInt32 = 7
}

extension RouteSocket {
    fileprivate borrowing func listening(
        _ family: Int32, isTCP: Bool
    ) throws(NetlinkError) -> [ListeningSocket] {
        var request = inet_diag_req_v2()
        request.sdiag_family = UInt8(family)
        request.sdiag_protocol = UInt8(isTCP ? IPPROTO_TCP : IPPROTO_UDP)
        request.idiag_states = 1 << (isTCP ? State.listen : State.close)
        return try list("list the listening sockets", Int(SOCK_DIAG_BY_FAMILY), request) {
            (message: inet_diag_msg, _) in
            let source = message.id.idiag_src
            let words = [source.0, source.1, source.2, source.3]
            // The kernel sends addresses and ports as they are on the wire.
            let bytes = words.flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: UInt32(littleEndian: word) >> ($0 * 8)) }
            }
            return ListeningSocket(
                isTCP: isTCP, address: Array(bytes.prefix(family == AF_INET ? 4 : 16)),
                port: UInt16(bigEndian: message.id.idiag_sport), inode: message.idiag_inode)
        }
    }
}
