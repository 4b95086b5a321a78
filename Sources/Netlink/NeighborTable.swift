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
        var header = ndmsg()
        header.ndm_family = UInt8(AF_INET6)
        return try list("list the IPv6 neighbors", RTM_GETNEIGH, header) {
            (header: ndmsg, attributes) -> NeighborEntry? in
            guard Int32(header.ndm_family) == AF_INET6,
                let address = attributes[Int(NDA_DST)], address.count == 16,
                let bytes = attributes[Int(NDA_LLADDR)], bytes.count == 6
            else { return nil }
            return NeighborEntry(
                interface: InterfaceIndex(header.ndm_ifindex), address: address,
                hardwareAddress: MACAddress(bytes: bytes))
        }
    }

    /// The entries for IPv4 neighbors that a program added, and that the kernel keeps forever.
    package borrowing func permanentNeighbors4() throws(NetlinkError) -> [NeighborEntry] {
        var header = ndmsg()
        header.ndm_family = UInt8(AF_INET)
        return try list("list the IPv4 neighbors", RTM_GETNEIGH, header) {
            (header: ndmsg, attributes) -> NeighborEntry? in
            guard Int32(header.ndm_family) == AF_INET,
                header.ndm_state & UInt16(NUD_PERMANENT) != 0,
                let address = attributes[Int(NDA_DST)], address.count == 4,
                let bytes = attributes[Int(NDA_LLADDR)], bytes.count == 6
            else { return nil }
            return NeighborEntry(
                interface: InterfaceIndex(header.ndm_ifindex), address: address,
                hardwareAddress: MACAddress(bytes: bytes))
        }
    }
}
