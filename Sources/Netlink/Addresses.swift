internal import CNetlink
internal import Linux

/// An address of one of this host's interfaces.
package struct InterfaceAddress: Equatable, Sendable {
    package let interface: InterfaceIndex
    /// 4 bytes or 16, in network order.
    package let bytes: [UInt8]
    package let prefixLength: UInt8
    /// Given by the kernel itself: an address of link scope.
    package let isLinkLocal: Bool

    package init(interface: InterfaceIndex, bytes: [UInt8], prefixLength: UInt8) {
        self.interface = interface
        self.bytes = bytes
        self.prefixLength = prefixLength
        isLinkLocal = false
    }

    /// - Returns: `nil` for what is no Internet address.
    init?(_ header: ifaddrmsg, _ attributes: Attributes) {
        // IFA_LOCAL is this end's where the two ends of a link have one each.
        guard header.ifa_family == UInt8(AF_INET) || header.ifa_family == UInt8(AF_INET6),
            let bytes = attributes[Int(IFA_LOCAL)] ?? attributes[Int(IFA_ADDRESS)]
        else { return nil }
        interface = InterfaceIndex(Int32(bitPattern: header.ifa_index))
        self.bytes = bytes
        prefixLength = header.ifa_prefixlen
        isLinkLocal = header.ifa_scope == UInt8(RT_SCOPE_LINK.rawValue)
    }
}

extension RouteSocket {
    package borrowing func addresses() throws(NetlinkError) -> [InterfaceAddress] {
        try list("list the addresses", RTM_GETADDR, ifaddrmsg()) {
            (header: ifaddrmsg, attributes) -> InterfaceAddress? in
            InterfaceAddress(header, attributes)
        }
    }

    /// - Parameter broadcast: for IPv4.
    package borrowing func add(
        _ address: InterfaceAddress, broadcast: [UInt8]?
    ) throws(NetlinkError) {
        try tell("add an address", RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL) {
            message throws(Errno) in
            try message.put(address, broadcast: broadcast)
        }
    }

    package borrowing func remove(_ address: InterfaceAddress) throws(NetlinkError) {
        try tell("remove an address", RTM_DELADDR) { message throws(Errno) in
            try message.put(address, broadcast: nil)
        }
    }
}

extension Message {
    fileprivate borrowing func put(
        _ address: InterfaceAddress, broadcast: [UInt8]?
    ) throws(Errno) {
        var header = ifaddrmsg()
        header.ifa_family = UInt8(address.bytes.count == 4 ? AF_INET : AF_INET6)
        header.ifa_prefixlen = address.prefixLength
        header.ifa_index = UInt32(bitPattern: address.interface.number)
        try begin(header)
        try put(Int(IFA_LOCAL), address.bytes)
        try put(Int(IFA_ADDRESS), address.bytes)
        if let broadcast { try put(Int(IFA_BROADCAST), broadcast) }
    }
}
