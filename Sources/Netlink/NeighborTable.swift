internal import CNetlink
internal import Linux

/// An entry of the kernel's neighbor table (`ip neigh`).
package struct NeighborEntry: Equatable, Sendable {
    package let interface: InterfaceIndex
    /// 4 or 16 bytes.
    package let address: [UInt8]
    package let hardwareAddress: MACAddress

    package init(interface: InterfaceIndex, address: [UInt8], hardwareAddress: MACAddress) {
        self.interface = interface
        self.address = address
        self.hardwareAddress = hardwareAddress
    }
}

extension RouteSocket {
    /// The IPv6 neighbors whose hardware address the kernel knows (RTM_GETNEIGH).
    package borrowing func neighbors6() throws(NetlinkError) -> [NeighborEntry] {
        try neighbors("list the IPv6 neighbors", AF_INET6, ofBytes: 16)
    }

    /// The entries for IPv4 neighbors that a program added, and that the kernel keeps forever.
    package borrowing func permanentNeighbors4() throws(NetlinkError) -> [NeighborEntry] {
        try neighbors("list the IPv4 neighbors", AF_INET, ofBytes: 4, state: UInt16(NUD_PERMANENT))
    }

    /// - Parameter state: bits of the state (`NUD_…`), of which an entry must have one; `nil` for
    ///   entries in any state.
    private borrowing func neighbors(
        _ operation: String, _ family: Int32, ofBytes length: Int, state: UInt16? = nil
    ) throws(NetlinkError) -> [NeighborEntry] {
        var request = ndmsg()
        request.ndm_family = UInt8(family)
        return try list(operation, RTM_GETNEIGH, request) {
            (header: ndmsg, attributes) -> NeighborEntry? in
            guard Int32(header.ndm_family) == family,
                state.map({ header.ndm_state & $0 != 0 }) ?? true,
                let address = attributes[Int(NDA_DST)], address.count == length,
                let bytes = attributes[Int(NDA_LLADDR)], bytes.count == 6
            else { return nil }
            return NeighborEntry(
                interface: InterfaceIndex(header.ndm_ifindex), address: address,
                hardwareAddress: MACAddress(bytes: bytes))
        }
    }
}
