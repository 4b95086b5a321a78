internal import CNetlink
package import Linux

/// What the kernel decides about a packet, as `ip route get` prints it.
package enum RouteDecision: Equatable, Sendable {
    /// The kernel sends it through this interface; the loopback interface leads to this host.
    case sent(through: InterfaceIndex)
    case refused(Errno)
}

/// The route that decides about a packet.
package struct RouteMatch: Equatable, Sendable {
    /// 4 or 16 bytes.
    package let destination: [UInt8]
    package let prefixLength: UInt8
    package let table: UInt32
    /// The router that receives the packet; `nil` if it is sent to its destination directly.
    package let gateway: [UInt8]?

    package init(
        destination: [UInt8], prefixLength: UInt8, table: UInt32 = 254, gateway: [UInt8]? = nil
    ) {
        self.destination = destination
        self.prefixLength = prefixLength
        self.table = table
        self.gateway = gateway
    }
}

/// The first hop of a packet that this host sends.
package struct RoutePath: Equatable, Sendable {
    package let interface: InterfaceIndex
    /// The router, of 4 or 16 bytes; `nil` if the packet is sent to its destination directly.
    package let gateway: [UInt8]?
    /// The MTU of the route, or of the path as far as the kernel has learned it; `nil` if only that
    /// of the interface applies.
    package let mtu: UInt32?

    package init(interface: InterfaceIndex, gateway: [UInt8]? = nil, mtu: UInt32? = nil) {
        self.interface = interface
        self.gateway = gateway
        self.mtu = mtu
    }
}

extension RouteSocket {
    /// Asks the kernel by which path it would send a packet of this host (RTM_GETROUTE).
    /// - Parameter destination: 4 or 16 bytes.
    /// - Parameter source: an address of this host, of the same length; `nil` for any.
    /// - Throws: EHOSTUNREACH, ENETUNREACH and others if it would refuse the packet; EINVAL if this
    ///   host does not have the source address.
    package borrowing func path(
        to destination: [UInt8], from source: [UInt8]?
    ) throws(NetlinkError) -> RoutePath {
        let reply = try lookUp(destination, from: source)
        do throws(Errno) {
            let header = try reply.payload(as: rtmsg.self)
            let attributes = reply.attributes(after: rtmsg.self)
            if let refusal = Self.refusal(header.rtm_type, attributes) { throw refusal }
            guard let index = attributes.number(Int(RTA_OIF.rawValue), as: Int32.self) else {
                throw .EBADMSG
            }
            // An IPv4 route can lead through an IPv6 router. In RTA_VIA, the family precedes the
            // address.
            let via = attributes[Int(RTA_VIA.rawValue)].map { Array($0.dropFirst(2)) }
            return RoutePath(
                interface: InterfaceIndex(index),
                gateway: attributes[Int(RTA_GATEWAY.rawValue)] ?? via,
                mtu: attributes.nested(Int(RTA_METRICS.rawValue))?
                    .number(Int(RTAX_MTU), as: UInt32.self))
        } catch { throw NetlinkError(Self.lookUpOperation, error) }
    }

    /// The route by which this host sends a packet of its own: RTM_GETROUTE with RTM_F_FIB_MATCH.
    /// - Returns: `nil` if there is none, or the kernel does not say.
    package borrowing func match(on destination: [UInt8]) -> RouteMatch? {
        let reply = try? lookUp(
            destination, flags: UInt32(RTM_F_FIB_MATCH) | UInt32(RTM_F_LOOKUP_TABLE))
        guard let reply, let header = try? reply.payload(as: rtmsg.self) else { return nil }
        let attributes = reply.attributes(after: rtmsg.self)
        return RouteMatch(
            destination: attributes[Int(RTA_DST.rawValue)]
                ?? [UInt8](repeating: 0, count: destination.count),
            prefixLength: header.rtm_dst_len,
            table: attributes.number(Int(RTA_TABLE.rawValue), as: UInt32.self)
                ?? UInt32(header.rtm_table),
            gateway: attributes[Int(RTA_GATEWAY.rawValue)])
    }

    /// Asks the kernel where it would send a packet (RTM_GETROUTE), and sends none. The answer
    /// takes all routes, rules, forwarding and reverse path filtering into account.
    /// - Parameter destination: 4 or 16 bytes.
    /// - Parameter source: of the same length; `nil` for a packet of this host.
    /// - Parameter incoming: the interface that receives the packet; `nil` for one of this host.
    /// - Parameter port: the TCP port of the destination; `nil` for a packet of any protocol.
    package borrowing func decision(
        on destination: [UInt8], from source: [UInt8]? = nil,
        arrivingThrough incoming: InterfaceIndex? = nil, toPort port: UInt16? = nil
    ) throws(NetlinkError) -> RouteDecision {
        do throws(NetlinkError) {
            let reply = try lookUp(destination, from: source) { message throws(Errno) in
                if let incoming { try message.put(Int(RTA_IIF.rawValue), incoming.number) }
                if let port {
                    try message.put(Int(RTA_IP_PROTO.rawValue), UInt8(IPPROTO_TCP))
                    try message.put(Int(RTA_DPORT.rawValue), port.bigEndian)
                }
            }
            do throws(Errno) {
                let header = try reply.payload(as: rtmsg.self)
                let attributes = reply.attributes(after: rtmsg.self)
                if let refusal = Self.refusal(header.rtm_type, attributes) {
                    return .refused(refusal)
                }
                guard let index = attributes.number(Int(RTA_OIF.rawValue), as: Int32.self) else {
                    throw .EBADMSG
                }
                return .sent(through: InterfaceIndex(index))
            } catch { throw NetlinkError(Self.lookUpOperation, error) }
        } catch {
            // The kernel reports the fate of the packet as the error of the request.
            let fates: [Errno] = [
                .ENETUNREACH, .EHOSTUNREACH, .EACCES, .EINVAL, .EXDEV,
            ]
            guard fates.contains(error.errno) else { throw error }
            return .refused(error.errno)
        }
    }

    private static let lookUpOperation = "look up a route"

    /// Sends RTM_GETROUTE.
    /// - Parameter attributes: writes further attributes.
    private borrowing func lookUp(
        _ destination: [UInt8], from source: [UInt8]? = nil, flags: UInt32 = 0,
        _ attributes: (borrowing Message) throws(Errno) -> Void = { _ in }
    ) throws(NetlinkError) -> KernelMessage {
        try query(Self.lookUpOperation, RTM_GETROUTE) { message throws(Errno) in
            var header = rtmsg()
            header.rtm_family = UInt8(destination.count == 4 ? AF_INET : AF_INET6)
            header.rtm_dst_len = UInt8(truncatingIfNeeded: destination.count * 8)
            header.rtm_src_len = UInt8(truncatingIfNeeded: (source?.count ?? 0) * 8)
            header.rtm_flags = flags
            try message.begin(header)
            try message.put(Int(RTA_DST.rawValue), destination)
            if let source { try message.put(Int(RTA_SRC.rawValue), source) }
            try attributes(message)
        }
    }

    /// For IPv6, the kernel answers with a route of a type that refuses the packet.
    private static func refusal(_ type: UInt8, _ attributes: Attributes) -> Errno? {
        switch RefusingRoute.Kind(type: type) {
        case .unreachable:
            let error = attributes.structure(Int(RTA_CACHEINFO.rawValue), as: rta_cacheinfo.self)
            return error.flatMap {
                $0.rta_error == 0 ? nil : Errno(0 &- Int32(bitPattern: $0.rta_error))
            } ?? .EHOSTUNREACH
        case .prohibit: return .EACCES
        case .blackhole: return .EINVAL
        case nil: return nil
        }
    }
}
