internal import CNetlink
internal import Linux

/// An IPsec policy (XFRM): see ip-xfrm(8).
package struct IPsecPolicy: Equatable, Sendable {
    package enum Direction: String, Sendable {
        /// The words that ip-xfrm(8) uses.
        case incoming = "in"
        case outgoing = "out"
        case forwarded = "fwd"
    }

    package struct Range: Equatable, Sendable {
        /// 4 or 16 bytes.
        package let address: [UInt8]
        package let prefixLength: UInt8

        package init(address: [UInt8], prefixLength: UInt8) {
            self.address = address
            self.prefixLength = prefixLength
        }
    }

    package let direction: Direction
    package let source: Range
    package let target: Range
    /// Whether it drops the packets; if not, it has a template, and encrypts them.
    package let blocks: Bool

    package init(_ direction: Direction, from source: Range, to target: Range, blocks: Bool) {
        self.direction = direction
        self.source = source
        self.target = target
        self.blocks = blocks
    }

    /// The policies for packets of all protocols that block or encrypt them (XFRM_MSG_GETPOLICY).
    /// Only root may list them.
    package static func all() throws(NetlinkError) -> [IPsecPolicy] {
        let socket = try RouteSocket.connect(to: NETLINK_XFRM, bufferSize: 256 << 10)
        return try socket.list(
            "list the IPsec policies", Int(XFRM_MSG_GETPOLICY), PolicyHeader()
        ) { (header: PolicyHeader, attributes) -> IPsecPolicy? in
            IPsecPolicy(header, attributes)
        }
    }

    private init?(_ header: PolicyHeader, _ attributes: Attributes) {
        let blocks = header.action == UInt8(XFRM_POLICY_BLOCK)
        let encrypts = attributes[Int(XFRMA_TMPL.rawValue)] != nil
        guard blocks || encrypts, header.protocolNumber == 0, header.interface == 0,
            header.family == UInt16(AF_INET) || header.family == UInt16(AF_INET6),
            // Policies for marked packets, or for an interface of type xfrm.
            attributes[Int(XFRMA_MARK.rawValue)] == nil,
            attributes[Int(XFRMA_IF_ID.rawValue)] == nil
        else { return nil }
        switch Int(header.direction) {
        case Int(XFRM_POLICY_IN): direction = .incoming
        case Int(XFRM_POLICY_OUT): direction = .outgoing
        case Int(XFRM_POLICY_FWD): direction = .forwarded
        default: return nil
        }
        let size = header.family == UInt16(AF_INET) ? 4 : 16
        func bytes(_ address: (UInt64, UInt64)) -> [UInt8] {
            [address.0, address.1].flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word.littleEndian >> (8 * UInt64($0))) }
            }
        }
        source = Range(
            address: Array(bytes(header.source).prefix(size)), prefixLength: header.sourceLength)
        target = Range(
            address: Array(bytes(header.target).prefix(size)), prefixLength: header.targetLength)
        self.blocks = blocks
    }
}

/// `struct xfrm_userpolicy_info`, whose addresses are unions in C.
private struct PolicyHeader: BitwiseCopyable {
    var target: (UInt64, UInt64) = (0, 0)
    var source: (UInt64, UInt64) = (0, 0)
    var ports: UInt64 = 0
    var family: UInt16 = 0
    var targetLength: UInt8 = 0
    var sourceLength: UInt8 = 0
    var protocolNumber: UInt8 = 0
    var interface: Int32 = 0
    var user: UInt32 = 0
    /// `struct xfrm_lifetime_cfg`
    var limits: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    /// `struct xfrm_lifetime_cur`
    var use: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var priority: UInt32 = 0
    var index: UInt32 = 0
    var direction: UInt8 = 0
    var action: UInt8 = 0
    var flags: UInt8 = 0
    var share: UInt8 = 0
    /// The size of a structure in C is a multiple of its alignment.
    var padding: UInt32 = 0
}
