internal import CNetlink
internal import Linux

/// An entry of a bridge's forwarding table: the port behind which an address is. For the entries of
/// tunnels (remote FDB), see ``VXLANEntry`` and VXLAN.swift.
package struct ForwardingEntry: Equatable, Sendable {
    package let port: InterfaceIndex
    package let address: MACAddress
    /// Whether the entry was added, and not learned from a frame. An address of this host itself is
    /// not static but permanent.
    package let isStatic: Bool
    /// The time in hundredths of a second since a frame from the address last arrived; `nil` if the
    /// kernel does not say.
    package let age: UInt32?

    package init(
        port: InterfaceIndex, address: MACAddress, isStatic: Bool, age: UInt32? = nil
    ) {
        self.port = port
        self.address = address
        self.isStatic = isStatic
        self.age = age
    }

    init?(_ header: ndmsg, _ attributes: Attributes) {
        guard Int32(header.ndm_family) == PF_BRIDGE, let bytes = attributes[Int(NDA_LLADDR)],
            bytes.count == 6
        else { return nil }
        port = InterfaceIndex(header.ndm_ifindex)
        address = MACAddress(bytes: bytes)
        isStatic = header.ndm_state & UInt16(NUD_NOARP) != 0
        age = attributes.age
    }
}

extension RouteSocket {
    /// The forwarding tables of all bridges (RTM_GETNEIGH with AF_BRIDGE).
    package borrowing func forwardingEntries() throws(NetlinkError) -> [ForwardingEntry] {
        var header = ndmsg()
        header.ndm_family = UInt8(PF_BRIDGE)
        return try list("list the forwarding tables of the bridges", RTM_GETNEIGH, header) {
            (header: ndmsg, attributes) -> ForwardingEntry? in
            ForwardingEntry(header, attributes)
        }
    }

    /// Adds a static entry to the bridge's forwarding table (RTM_NEWNEIGH), or refreshes it: the
    /// address is behind that port.
    package borrowing func addStaticFDBEntry(
        _ address: MACAddress, to name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        try change(
            "pin the container's hardware address to \(name)", RTM_NEWNEIGH,
            NLM_F_CREATE | NLM_F_REPLACE
        ) { message throws(Errno) in
            var header = ndmsg()
            header.ndm_family = UInt8(PF_BRIDGE)
            header.ndm_ifindex = index.number
            // bridge(8) calls this state "static". NUD_PERMANENT would make it an address of the
            // host itself. With NUD_REACHABLE, the kernel sends a notification even if the entry
            // already exists.
            header.ndm_state = UInt16(NUD_NOARP | NUD_REACHABLE)
            // Sticky: a frame from this address on another port does not move the entry to that
            // port.
            header.ndm_flags = UInt8(NTF_MASTER | NTF_STICKY)
            try message.begin(header)
            try message.put(Int(NDA_LLADDR), address.bytes)
        }
    }
}
