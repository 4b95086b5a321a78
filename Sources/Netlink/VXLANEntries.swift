internal import CNetlink
internal import Linux

/// An entry of a VXLAN port's forwarding table: the host behind which an address is.
package struct VXLANEntry: Equatable, Sendable {
    /// Zero for the hosts to which broadcasts go.
    package let address: MACAddress
    /// The host (remote VTEP): 4 or 16 bytes.
    package let destination: [UInt8]
    /// The time in hundredths of a second since a frame from the address last came from the host,
    /// or a program set the entry; `nil` if the kernel does not say. Kernels before Linux 6.14
    /// count from the first such frame.
    package let age: UInt32?

    package init(address: MACAddress, destination: [UInt8], age: UInt32? = nil) {
        self.address = address
        self.destination = destination
        self.age = age
    }

    /// Whether the host receives broadcasts, and frames for unknown addresses.
    package var isFlooded: Bool { address.bytes.allSatisfy { $0 == 0 } }
}

extension RouteSocket {
    /// The forwarding table of a VXLAN port (RTM_GETNEIGH with AF_BRIDGE), without that of its
    /// bridge.
    package borrowing func vxlanEntries(
        at index: InterfaceIndex
    ) throws(NetlinkError) -> [VXLANEntry] {
        // The kernel takes the interface from this header, which is longer than that of a neighbor.
        var header = linkHeader(index)
        header.ifi_family = UInt8(PF_BRIDGE)
        return try list("list the addresses behind a VXLAN port", RTM_GETNEIGH, header) {
            (header: ndmsg, attributes) -> VXLANEntry? in
            guard header.ndm_ifindex == index.number, header.ndm_flags & UInt8(NTF_SELF) != 0,
                let bytes = attributes[Int(NDA_LLADDR)], bytes.count == 6,
                let destination = attributes[Int(NDA_DST)]
            else { return nil }
            return VXLANEntry(
                address: MACAddress(bytes: bytes), destination: destination, age: attributes.age)
        }
    }
}

extension Attributes {
    /// The time in hundredths of a second since the kernel updated an entry of a forwarding table.
    var age: UInt32? { structure(Int(NDA_CACHEINFO), as: nda_cacheinfo.self)?.ndm_updated }
}
