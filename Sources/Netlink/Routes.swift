internal import CNetlink
internal import Linux

package struct Route: Equatable, Sendable {
    /// 4 or 16 bytes; all zero for a default route.
    package let destination: [UInt8]
    package let prefixLength: UInt8
    package let interface: InterfaceIndex?
    /// The interfaces of a route with several next hops.
    package var nextHops: [InterfaceIndex] = []
    /// Whether the kernel added it for an address of this host.
    package let isConnected: Bool
    /// The MTU of the route in bytes, if it has one.
    package let mtu: UInt32?
    /// Whether it was learned from a router advertisement.
    package let isAdvertised: Bool
    package let metric: UInt32

    package init(
        destination: [UInt8], prefixLength: UInt8, interface: InterfaceIndex?, isConnected: Bool,
        mtu: UInt32?, isAdvertised: Bool, metric: UInt32
    ) {
        self.destination = destination
        self.prefixLength = prefixLength
        self.interface = interface
        self.isConnected = isConnected
        self.mtu = mtu
        self.isAdvertised = isAdvertised
        self.metric = metric
    }

    package var isDefault: Bool { prefixLength == 0 }

    package func goesOut(through index: InterfaceIndex) -> Bool {
        interface == index || nextHops.contains(index)
    }
}

extension RouteSocket {
    /// The unicast routes of all tables (RTM_GETROUTE).
    package borrowing func routes() throws(NetlinkError) -> [Route] {
        try list("list the routes", RTM_GETROUTE, rtmsg()) {
            (header: rtmsg, attributes) -> Route? in
            guard header.rtm_type == UInt8(RTN_UNICAST),
                header.rtm_family == UInt8(AF_INET) || header.rtm_family == UInt8(AF_INET6),
                header.rtm_flags & UInt32(RTM_F_CLONED) == 0
            else { return nil }
            let size = header.rtm_family == UInt8(AF_INET) ? 4 : 16
            var route = Route(
                destination: attributes[Int(RTA_DST.rawValue)]
                    ?? [UInt8](repeating: 0, count: size),
                prefixLength: header.rtm_dst_len,
                interface: attributes.number(Int(RTA_OIF.rawValue), as: Int32.self)
                    .map { InterfaceIndex($0) },
                isConnected: header.rtm_protocol == UInt8(RTPROT_KERNEL),
                mtu: attributes.nested(Int(RTA_METRICS.rawValue))?
                    .number(Int(RTAX_MTU), as: UInt32.self),
                isAdvertised: header.rtm_protocol == UInt8(RTPROT_RA),
                metric: attributes.number(Int(RTA_PRIORITY.rawValue), as: UInt32.self) ?? 0)
            route.nextHops = nextHops(attributes[Int(RTA_MULTIPATH.rawValue)] ?? [])
            return route
        }
    }
}

/// The interfaces of RTA_MULTIPATH: a sequence of `struct rtnexthop`, each with its length.
private func nextHops(_ bytes: [UInt8]) -> [InterfaceIndex] {
    var interfaces: [InterfaceIndex] = []
    var rest = bytes[...]
    while rest.count >= MemoryLayout<rtnexthop>.size {
        let hop = unsafe rest.withUnsafeBytes { unsafe $0.loadUnaligned(as: rtnexthop.self) }
        guard hop.rtnh_len >= MemoryLayout<rtnexthop>.size else { break }
        interfaces.append(InterfaceIndex(hop.rtnh_ifindex))
        // Each structure is aligned to four bytes.
        rest = rest.dropFirst((Int(hop.rtnh_len) + 3) & ~3)
    }
    return interfaces
}
