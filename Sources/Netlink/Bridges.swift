internal import CNetlink
internal import Linux

/// A network interface with what a network service decides about it.
package struct Interface: Equatable, Sendable {
    package let index: InterfaceIndex
    package let name: InterfaceName
    package let kind: LinkKind
    /// Bytes.
    package let mtu: UInt32
    package let address: HardwareAddress?
    package let isUp: Bool
    /// The bridge whose port it is.
    package let master: InterfaceIndex?
    /// Whether, as a port, it is kept from other isolated ports.
    package let isIsolated: Bool

    package init(
        index: InterfaceIndex, name: InterfaceName, kind: LinkKind, mtu: UInt32,
        address: HardwareAddress?, isUp: Bool, master: InterfaceIndex?, isIsolated: Bool
    ) {
        self.index = index
        self.name = name
        self.kind = kind
        self.mtu = mtu
        self.address = address
        self.isUp = isUp
        self.master = master
        self.isIsolated = isIsolated
    }
}

extension RouteSocket {
    /// All interfaces of this namespace.
    package borrowing func interfaces() throws(NetlinkError) -> [Interface] {
        try list("list the network interfaces", RTM_GETLINK, ifinfomsg()) {
            (header: ifinfomsg, attributes) -> Interface? in
            guard let name = InterfaceName(attributes.text(Int(IFLA_IFNAME)) ?? []) else {
                return nil
            }
            let info = attributes.nested(Int(IFLA_LINKINFO))
            let port = info?.nested(Int(IFLA_INFO_SLAVE_DATA))
            return Interface(
                index: InterfaceIndex(header.ifi_index), name: name,
                kind: LinkKind(info?.text(Int(IFLA_INFO_KIND))),
                mtu: attributes.number(Int(IFLA_MTU), as: UInt32.self) ?? 0,
                address: attributes[Int(IFLA_ADDRESS)].map { HardwareAddress(bytes: $0) },
                isUp: header.ifi_flags & UInt32(IFF_UP.rawValue) != 0,
                master: attributes.number(Int(IFLA_MASTER), as: Int32.self)
                    .map { InterfaceIndex($0) },
                isIsolated: port?.number(Int(IFLA_BRPORT_ISOLATED), as: UInt8.self) == 1)
        }
    }

    package borrowing func createBridge(
        _ name: InterfaceName, address: HardwareAddress, mtu: UInt32
    ) throws(NetlinkError) {
        try tell("create the bridge \(name)", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) {
            message throws(Errno) in
            try message.begin(linkHeader(InterfaceIndex(0)))
            try message.put(Int(IFLA_IFNAME), text: name.bytes)
            try message.put(Int(IFLA_ADDRESS), address.bytes)
            try message.put(Int(IFLA_MTU), mtu)
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_KIND), text: Array("bridge".utf8))
            }
        }
    }

    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, address: HardwareAddress
    ) throws(NetlinkError) {
        try tell("set the hardware address of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_ADDRESS), address.bytes)
        }
    }

    /// - Parameter mtu: bytes.
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, mtu: UInt32
    ) throws(NetlinkError) {
        try tell("set the MTU of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_MTU), mtu)
        }
    }

    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, up: Bool
    ) throws(NetlinkError) {
        try tell("bring \(up ? "up" : "down") \(name)", RTM_SETLINK) { message throws(Errno) in
            var header = linkHeader(index, up: up)
            header.ifi_change = UInt32(IFF_UP.rawValue)
            try message.begin(header)
        }
    }

    /// Keeps a bridge's port from the other isolated ports, or lets it reach them again.
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, isolated: Bool
    ) throws(NetlinkError) {
        try tell("set the isolation of \(name)", RTM_NEWLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_SLAVE_KIND), text: Array("bridge".utf8))
                try message.nest(Int(IFLA_INFO_SLAVE_DATA)) { () throws(Errno) in
                    try message.put(Int(IFLA_BRPORT_ISOLATED), UInt8(isolated ? 1 : 0))
                }
            }
        }
    }

    package borrowing func delete(
        _ name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        try tell("delete \(name)", RTM_DELLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
        }
    }
}
