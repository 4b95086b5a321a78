internal import CNetlink
internal import Linux

/// The options of a VXLAN port with which berth-net creates it, and which cannot be changed later.
package struct VXLANOptions: Equatable, Sendable {
    /// The number of the segment (VNI).
    package var number: UInt32
    /// The source address of the packets: 4 or 16 bytes; empty if none is set.
    package var local: [UInt8]
    /// The UDP port on which the kernel receives.
    package var port: UInt16
    /// Whether the kernel learns behind which host an address is (IFLA_VXLAN_LEARNING).
    package var learns: Bool

    package init(number: UInt32, local: [UInt8], port: UInt16, learns: Bool) {
        self.number = number
        self.local = local
        self.port = port
        self.learns = learns
    }

    init?(_ data: Attributes?) {
        guard let data, let number = data.number(Int(IFLA_VXLAN_ID), as: UInt32.self) else {
            return nil
        }
        self.number = number
        local = data[Int(IFLA_VXLAN_LOCAL)] ?? data[Int(IFLA_VXLAN_LOCAL6)] ?? []
        port = UInt16(bigEndian: data.number(Int(IFLA_VXLAN_PORT), as: UInt16.self) ?? 0)
        learns = data.number(Int(IFLA_VXLAN_LEARNING), as: UInt8.self) == 1
    }
}

extension RouteSocket {
    /// Creates a VXLAN port that is down, and attaches it to a bridge.
    package borrowing func createVXLAN(
        _ name: InterfaceName, _ options: VXLANOptions, address: MACAddress, mtu: UInt32,
        master: InterfaceIndex
    ) throws(NetlinkError) {
        try createLink("create the VXLAN port \(name)", name.bytes, kind: "vxlan") {
            message throws(Errno) in
            try message.put(Int(IFLA_ADDRESS), address.bytes)
            try message.put(Int(IFLA_MTU), mtu)
            try message.put(Int(IFLA_MASTER), master.number)
        } data: { message throws(Errno) in
            try message.put(Int(IFLA_VXLAN_ID), options.number)
            let local = options.local.count == 4 ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6
            try message.put(Int(local), options.local)
            try message.put(Int(IFLA_VXLAN_PORT), options.port.bigEndian)
            try message.put(Int(IFLA_VXLAN_LEARNING), UInt8(options.learns ? 1 : 0))
        }
    }

    /// Adds a host (remote VTEP) to those to which a VXLAN port sends broadcasts and frames for
    /// unknown addresses (RTM_NEWNEIGH, NLM_F_APPEND, for the address zero), or removes one:
    /// `bridge fdb append`. These flood entries are in the port's forwarding table (FDB).
    package borrowing func setVXLANPeer(
        _ address: [UInt8], of name: InterfaceName, at index: InterfaceIndex, _ isPeer: Bool
    ) throws(NetlinkError) {
        try change(
            "\(isPeer ? "add" : "remove") a peer of \(name)",
            isPeer ? RTM_NEWNEIGH : RTM_DELNEIGH, isPeer ? NLM_F_CREATE | NLM_F_APPEND : 0
        ) { message throws(Errno) in
            var header = ndmsg()
            header.ndm_family = UInt8(PF_BRIDGE)
            header.ndm_ifindex = index.number
            header.ndm_state = UInt16(NUD_NOARP | NUD_PERMANENT)
            header.ndm_flags = UInt8(NTF_SELF)
            try message.begin(header)
            try message.put(Int(NDA_LLADDR), [UInt8](repeating: 0, count: 6))
            try message.put(Int(NDA_DST), address)
        }
    }
}
