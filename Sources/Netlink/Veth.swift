internal import CNetlink
package import Linux

/// A veth pair to create: one end here, the other in a container's network namespace.
package struct VethPair: Sendable {
    package var host: InterfaceName
    package var hostAddress: MACAddress
    /// The group of the host's end (IFLA_GROUP).
    package var hostGroup: UInt32 = 0
    /// In bytes; `nil` leaves the kernel's default.
    package var hostMTU: UInt32?
    package var bridge: InterfaceIndex?
    /// `nil` for the first unused name among `eth0`, `eth1`, …
    package var container: InterfaceName?
    package var containerMTU: UInt32?
    /// `nil` lets the kernel choose one.
    package var containerAddress: MACAddress?

    package init(host: InterfaceName, hostAddress: MACAddress) {
        self.host = host
        self.hostAddress = hostAddress
    }
}

extension RouteSocket {
    /// Creates both ends with names, addresses, MTU and group, attaches one to the bridge
    /// (IFLA_MASTER) and moves the other into the namespace (IFLA_NET_NS_FD; the process ID of
    /// IFLA_NET_NS_PID could have been reused). This is one message (RTM_NEWLINK), so it succeeds
    /// or fails as a whole, and nothing has to be renamed afterwards.
    package borrowing func create(
        _ pair: VethPair, peerIn namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) {
        let descriptor = UInt32(bitPattern: namespace.number)
        try createLink("create \(pair.host)", pair.host.bytes, kind: "veth") {
            message throws(Errno) in
            try message.put(Int(IFLA_ADDRESS), pair.hostAddress.bytes)
            try message.put(Int(IFLA_GROUP), pair.hostGroup)
            if let mtu = pair.hostMTU { try message.put(Int(IFLA_MTU), mtu) }
            if let bridge = pair.bridge { try message.put(Int(IFLA_MASTER), bridge.number) }
        } data: { message throws(Errno) in
            try message.nest(Int(VETH_INFO_PEER)) { () throws(Errno) in
                try message.begin(linkHeader(InterfaceIndex(0)))
                let name = pair.container?.bytes ?? Array("eth%d".utf8)
                try message.put(Int(IFLA_IFNAME), text: name)
                if let mtu = pair.containerMTU { try message.put(Int(IFLA_MTU), mtu) }
                if let address = pair.containerAddress {
                    try message.put(Int(IFLA_ADDRESS), address.bytes)
                }
                try message.put(Int(IFLA_NET_NS_FD), descriptor)
            }
        }
    }
}
