internal import CNetlink
internal import Linux

/// One end of a veth pair, as it was when the kernel was asked: for whoever only looks.
package struct VethEnd: Equatable, Sendable {
    package let index: InterfaceIndex
    /// Whatever the kernel took for a name: in a container its root chose it.
    package let name: [UInt8]
    package let address: HardwareAddress?
    package let isUp: Bool
    /// The bridge whose port it is.
    package let master: InterfaceIndex?
    /// The other end, by its number in the namespace where it is.
    package let peer: InterfaceIndex?
    /// That namespace, unless it is this one.
    package let peerNamespace: NamespaceID?
    /// `nil` from a kernel that does not count.
    package let traffic: Traffic?

    /// What passed an interface since it was made, seen from itself.
    package struct Traffic: Equatable, Sendable {
        package let receivedPackets: UInt64
        package let sentPackets: UInt64
        package let receivedBytes: UInt64
        package let sentBytes: UInt64

        /// - Parameter statistics: `struct rtnl_link_stats64`, which begins with these.
        fileprivate init?(_ statistics: [UInt8]) {
            guard statistics.count >= 32 else { return nil }
            func number(_ place: Int) -> UInt64 {
                unsafe statistics.withUnsafeBytes {
                    unsafe $0.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self)
                }
            }
            receivedPackets = number(0)
            sentPackets = number(1)
            receivedBytes = number(2)
            sentBytes = number(3)
        }
    }

    fileprivate init?(_ header: ifinfomsg, _ attributes: Attributes) {
        let kind = attributes.nested(Int(IFLA_LINKINFO))?.text(Int(IFLA_INFO_KIND))
        guard LinkKind(kind) == .veth, let name = attributes.text(Int(IFLA_IFNAME)) else {
            return nil
        }
        index = InterfaceIndex(header.ifi_index)
        self.name = name
        address = attributes[Int(IFLA_ADDRESS)].map { HardwareAddress(bytes: $0) }
        isUp = header.ifi_flags & UInt32(IFF_UP.rawValue) != 0
        master = attributes.number(Int(IFLA_MASTER), as: Int32.self).map { InterfaceIndex($0) }
        peer = attributes.number(Int(IFLA_LINK), as: Int32.self).map { InterfaceIndex($0) }
        peerNamespace = attributes.number(Int(IFLA_LINK_NETNSID), as: Int32.self)
            .flatMap { $0 >= 0 ? NamespaceID($0) : nil }
        traffic = attributes[Int(IFLA_STATS64)].flatMap { Traffic($0) }
    }
}

extension RouteSocket {
    /// The ends that are in this namespace.
    package borrowing func vethEnds() throws(NetlinkError) -> [VethEnd] {
        try list("list the veths", RTM_GETLINK, ifinfomsg()) {
            (header: ifinfomsg, attributes) -> VethEnd? in VethEnd(header, attributes)
        }
    }

    /// An end in another namespace: nobody enters it, and the kernel lets him ask who rules it.
    /// - Returns: `nil` if it is no veth, or gone.
    package borrowing func vethEnd(
        at index: InterfaceIndex, in namespace: NamespaceID
    ) throws(NetlinkError) -> VethEnd? {
        let operation = "look at interface \(index.number)"
        // Whoever rules it can give it other names by the hundred, which the kernel tells as well.
        guard unsafe nl_socket_set_msg_buf_size(raw, 1 << 18) == 0 else {
            throw NetlinkError(operation, .noMemory)
        }
        let reply: Reply
        do throws(NetlinkError) {
            reply = try ask(operation, RTM_GETLINK) { message throws(Errno) in
                try message.begin(linkHeader(index))
                try message.put(Int(IFLA_TARGET_NETNSID), namespace.number)
            }
        } catch  where error.errno == .noDevice {
            return nil
        }
        do throws(Errno) {
            return VethEnd(
                try reply.beginning(as: ifinfomsg.self), reply.attributes(after: ifinfomsg.self))
        } catch { throw NetlinkError(operation, error) }
    }

    /// The addresses in another namespace, asked in the same way. Linux 4.20; an older kernel, which
    /// would tell those of this namespace, refuses.
    package borrowing func addresses(
        in namespace: NamespaceID
    ) throws(NetlinkError) -> [InterfaceAddress] {
        let operation = "list a container's addresses"
        try setStrictChecks(true, operation)
        defer { try? setStrictChecks(false, operation) }
        return try list(
            operation, RTM_GETADDR, ifaddrmsg(),
            about: { message throws(Errno) in
                try message.put(Int(IFA_TARGET_NETNSID), namespace.number)
            },
            { header, attributes in InterfaceAddress(header, attributes) })
    }

    /// Whether the kernel refuses what it does not understand of a question for a whole table.
    private borrowing func setStrictChecks(
        _ isStrict: Bool, _ operation: String
    ) throws(NetlinkError) {
        var flag: Int32 = isStrict ? 1 : 0
        guard
            unsafe setsockopt(
                nl_socket_get_fd(raw), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &flag,
                socklen_t(MemoryLayout<Int32>.size)) == 0
        else { throw NetlinkError(operation, .lastFailure) }
    }
}
