internal import CNetlink
internal import Linux

package struct InterfaceAddress: Equatable, Sendable {
    package let interface: InterfaceIndex
    /// 4 or 16 bytes, in network byte order.
    package let bytes: [UInt8]
    package let prefixLength: UInt8
    /// Whether its scope is RT_SCOPE_LINK.
    package let isLinkLocal: Bool

    package init(interface: InterfaceIndex, bytes: [UInt8], prefixLength: UInt8) {
        self.interface = interface
        self.bytes = bytes
        self.prefixLength = prefixLength
        isLinkLocal = false
    }

    /// - Returns: `nil` for an address that is neither IPv4 nor IPv6.
    init?(_ header: ifaddrmsg, _ attributes: Attributes) {
        // On a point-to-point link IFA_ADDRESS is the address of the other end.
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
    /// The addresses in this namespace (RTM_GETADDR).
    package borrowing func addresses() throws(NetlinkError) -> [InterfaceAddress] {
        try list("list the addresses", RTM_GETADDR, ifaddrmsg()) {
            (header: ifaddrmsg, attributes) -> InterfaceAddress? in
            InterfaceAddress(header, attributes)
        }
    }

    /// The addresses in another namespace (IFA_TARGET_NETNSID), which this process need not enter.
    /// Needs Linux 4.20: with strict checks, an older kernel reports an error instead of the
    /// addresses of this namespace.
    package borrowing func addresses(
        in namespace: NamespaceID
    ) throws(NetlinkError) -> [InterfaceAddress] {
        let operation = "list the addresses of a container"
        try setStrictChecks(true, operation)
        defer { try? setStrictChecks(false, operation) }
        return try list(
            operation, RTM_GETADDR, ifaddrmsg(),
            with: { message throws(Errno) in
                try message.put(Int(IFA_TARGET_NETNSID), namespace.number)
            },
            { header, attributes in InterfaceAddress(header, attributes) })
    }

    /// Sets whether (NETLINK_GET_STRICT_CHK) the kernel refuses a dump request with attributes that
    /// it does not know.
    private borrowing func setStrictChecks(
        _ isStrict: Bool, _ operation: String
    ) throws(NetlinkError) {
        do throws(Errno) {
            try socket.setOption(NETLINK_GET_STRICT_CHK, isStrict ? 1 : 0)
        } catch { throw NetlinkError(operation, error) }
    }
    /// Adds an address to an interface (RTM_NEWADDR).
    /// - Parameter broadcast: the broadcast address, for IPv4 only.
    package borrowing func add(
        _ address: InterfaceAddress, broadcast: [UInt8]?
    ) throws(NetlinkError) {
        try change("add an address", RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL) {
            message throws(Errno) in
            try message.put(address, broadcast: broadcast)
        }
    }

    /// Removes an address from an interface (RTM_DELADDR).
    package borrowing func remove(_ address: InterfaceAddress) throws(NetlinkError) {
        try change("remove an address", RTM_DELADDR) { message throws(Errno) in
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
