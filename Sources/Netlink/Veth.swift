internal import CNetlink
package import Linux

/// A veth pair to be made: one end here, the other in a container's network namespace.
package struct VethPair: Sendable {
    package var host: InterfaceName
    package var hostAddress: HardwareAddress
    /// Bytes, of the host end; `nil` leaves the kernel's default.
    package var hostMTU: UInt32?
    package var bridge: InterfaceIndex?
    /// `nil` for the first free name of `eth0`, `eth1`, …
    package var container: InterfaceName?
    package var containerMTU: UInt32?
    /// `nil` for one of the kernel's choice.
    package var containerAddress: HardwareAddress?

    package init(host: InterfaceName, hostAddress: HardwareAddress) {
        self.host = host
        self.hostAddress = hostAddress
    }
}

/// What is set on a bridge's port besides its being up.
package struct PortOptions: Equatable, Sendable {
    /// No frames to and from other isolated ports of the bridge.
    package var isIsolated = false
    /// Only frames from addresses that the forwarding table holds for this port. Linux 5.18.
    package var isLocked = false

    package init() {}
}

extension RouteSocket {
    /// Makes both ends, names them, sets addresses and MTU, attaches one to the bridge and puts the
    /// other into the namespace: one message, all of which happens or nothing of it.
    package borrowing func create(
        _ pair: VethPair, peerIn namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) {
        let descriptor = UInt32(bitPattern: namespace.number)
        try tell("create \(pair.host)", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) {
            message throws(Errno) in
            try message.begin(linkHeader(InterfaceIndex(0)))
            try message.put(Int(IFLA_IFNAME), text: pair.host.bytes)
            try message.put(Int(IFLA_ADDRESS), pair.hostAddress.bytes)
            if let mtu = pair.hostMTU { try message.put(Int(IFLA_MTU), mtu) }
            if let bridge = pair.bridge { try message.put(Int(IFLA_MASTER), bridge.number) }
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_KIND), text: Array("veth".utf8))
                try message.nest(Int(IFLA_INFO_DATA)) { () throws(Errno) in
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
    }

    /// Brings a host end up without an IPv6 address of its own: the host would otherwise be
    /// reachable on it from inside the container.
    package borrowing func bringUp(_ link: Link) throws(NetlinkError) {
        do throws(NetlinkError) {
            try bringUp(link, withoutAddress: true)
        } catch  where error.errno == .noFamily {
            // A kernel without IPv6 has no address to keep away.
            try bringUp(link, withoutAddress: false)
        }
    }

    private borrowing func bringUp(
        _ link: Link, withoutAddress: Bool
    ) throws(NetlinkError) {
        try tell("bring up \(link.name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(link.index, up: true))
            guard withoutAddress else { return }
            try message.nest(Int(IFLA_AF_SPEC)) { () throws(Errno) in
                try message.nest(Int(AF_INET6)) { () throws(Errno) in
                    try message.put(
                        Int(IFLA_INET6_ADDR_GEN_MODE), UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue))
                }
            }
        }
    }

    /// Sets the options of a bridge's port. A kernel passes over those that it does not know: look
    /// at the link again.
    package borrowing func set(_ port: PortOptions, on link: Link) throws(NetlinkError) {
        // RTM_NEWLINK without NLM_F_CREATE, for RTM_SETLINK does not take port options.
        try tell("set port options of \(link.name)", RTM_NEWLINK) { message throws(Errno) in
            try message.begin(linkHeader(link.index))
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_SLAVE_KIND), text: Array("bridge".utf8))
                try message.nest(Int(IFLA_INFO_SLAVE_DATA)) { () throws(Errno) in
                    if port.isIsolated { try message.put(Int(IFLA_BRPORT_ISOLATED), UInt8(1)) }
                    if port.isLocked {
                        try message.put(Int(IFLA_BRPORT_LOCKED), UInt8(1))
                        try message.put(Int(IFLA_BRPORT_LEARNING), UInt8(0))
                    }
                }
            }
        }
    }

    /// Tells the bridge that this address, and no learning, is behind that port.
    package borrowing func pin(
        _ address: HardwareAddress, to link: Link
    ) throws(NetlinkError) {
        try tell(
            "pin the container's address to \(link.name)", RTM_NEWNEIGH,
            NLM_F_CREATE | NLM_F_REPLACE
        ) { message throws(Errno) in
            var header = ndmsg()
            header.ndm_family = UInt8(PF_BRIDGE)
            header.ndm_ifindex = link.index.number
            // "static", not "permanent": that would make it an address of the host's.
            header.ndm_state = UInt16(NUD_NOARP)
            // Sticky: a frame with this address from another port does not move it there.
            header.ndm_flags = UInt8(NTF_MASTER | NTF_STICKY)
            try message.begin(header)
            try message.put(Int(NDA_LLADDR), address.bytes)
        }
    }

    /// Deletes an interface by number, and with a veth its other end.
    package borrowing func delete(_ link: Link) throws(NetlinkError) {
        try tell("delete \(link.name)", RTM_DELLINK) { message throws(Errno) in
            try message.begin(linkHeader(link.index))
        }
    }
}
