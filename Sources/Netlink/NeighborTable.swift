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

/// A neighbor, whether or not the kernel knows its hardware address.
package struct Neighbor: Equatable, Sendable {
    package enum State: Sendable {
        /// The kernel knows the hardware address, or needs none.
        case known
        /// The kernel asks for it, and has no answer yet (NUD_INCOMPLETE).
        case asked
        /// The neighbor did not answer (NUD_FAILED).
        case failed
    }

    package let interface: InterfaceIndex
    /// 4 or 16 bytes.
    package let address: [UInt8]
    /// `nil` if the kernel does not know it.
    package let hardwareAddress: MACAddress?
    package let state: State
    /// Whether a program such as FRR added it, for a neighbor of another host (NTF_EXT_LEARNED).
    package let isExternal: Bool

    package init(
        interface: InterfaceIndex, address: [UInt8], hardwareAddress: MACAddress?,
        state: State = .known, isExternal: Bool = false
    ) {
        self.interface = interface
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.state = state
        self.isExternal = isExternal
    }
}

extension RouteSocket {
    /// All neighbors of one IP version (RTM_GETNEIGH), as `ip neigh` lists them.
    package borrowing func allNeighbors(isIPv6: Bool) throws(NetlinkError) -> [Neighbor] {
        var request = ndmsg()
        request.ndm_family = UInt8(isIPv6 ? AF_INET6 : AF_INET)
        let family = request.ndm_family
        return try list("list the neighbors", RTM_GETNEIGH, request) {
            (header: ndmsg, attributes) -> Neighbor? in
            guard header.ndm_family == family, let address = attributes[Int(NDA_DST)] else {
                return nil
            }
            let bytes = attributes[Int(NDA_LLADDR)] ?? []
            return Neighbor(
                interface: InterfaceIndex(header.ndm_ifindex), address: address,
                hardwareAddress: bytes.count == 6 ? MACAddress(bytes: bytes) : nil,
                state: header.ndm_state & UInt16(NUD_FAILED) != 0
                    ? .failed : header.ndm_state & UInt16(NUD_INCOMPLETE) != 0 ? .asked : .known,
                isExternal: header.ndm_flags & UInt8(NTF_EXT_LEARNED) != 0)
        }
    }

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
