internal import CNetlink
internal import Linux

/// Options of a bridge port.
package struct PortOptions: Equatable, Sendable {
    /// Whether the port is isolated (IFLA_BRPORT_ISOLATED): the bridge drops frames between
    /// isolated ports. `nil` leaves the option unchanged.
    package var isIsolated: Bool?
    /// Whether the bridge drops frames whose source address has no forwarding table entry for this
    /// port (IFLA_BRPORT_LOCKED). Needs Linux 5.18.
    package var isLocked = false
    /// IFLA_BRPORT_LEARNING. `nil` leaves the option unchanged, unless ``isLocked`` is set.
    package var learns: Bool?
    /// IFLA_BRPORT_NEIGH_SUPPRESS. `nil` leaves the option unchanged.
    package var suppressesNeighbors: Bool?

    package init() {}
    package init(isIsolated: Bool) { self.isIsolated = isIsolated }
}

// The interface is found by its index. The name is for the error message.
extension RouteSocket {
    /// Creates an interface of a kind, such as "bridge" (RTM_NEWLINK, IFLA_INFO_KIND). It is down.
    /// - Parameter attributes: writes attributes of every kind, such as IFLA_MTU.
    /// - Parameter data: writes those of this kind (IFLA_INFO_DATA).
    borrowing func createLink(
        _ operation: String, _ name: [UInt8], kind: String,
        _ attributes: (borrowing Message) throws(Errno) -> Void = { _ in },
        data: (borrowing Message) throws(Errno) -> Void = { _ in }
    ) throws(NetlinkError) {
        try change(operation, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) { message throws(Errno) in
            try message.begin(linkHeader(InterfaceIndex(0)))
            try message.put(Int(IFLA_IFNAME), text: name)
            try attributes(message)
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_KIND), text: Array(kind.utf8))
                try message.nest(Int(IFLA_INFO_DATA)) { () throws(Errno) in try data(message) }
            }
        }
    }

    /// Creates a bridge with this hardware address and MTU.
    package borrowing func createBridge(
        _ name: InterfaceName, address: MACAddress, mtu: UInt32
    ) throws(NetlinkError) {
        try createLink("create the bridge \(name)", name.bytes, kind: "bridge") {
            message throws(Errno) in
            try message.put(Int(IFLA_ADDRESS), address.bytes)
            try message.put(Int(IFLA_MTU), mtu)
        }
    }

    /// Sets the hardware address (RTM_SETLINK, IFLA_ADDRESS).
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, address: MACAddress
    ) throws(NetlinkError) {
        try change("set the hardware address of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_ADDRESS), address.bytes)
        }
    }

    /// Sets the MTU in bytes (RTM_SETLINK, IFLA_MTU).
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, mtu: UInt32
    ) throws(NetlinkError) {
        try change("set the MTU of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_MTU), mtu)
        }
    }

    /// Makes a bridge VLAN-aware or not (IFLA_BR_VLAN_FILTERING). Kernels without this feature
    /// ignore the request: see ``supportsVLANFiltering()``.
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, vlanFiltering: Bool
    ) throws(NetlinkError) {
        // RTM_NEWLINK without NLM_F_CREATE, because RTM_SETLINK does not accept options of bridges.
        try change("set VLAN filtering of \(name)", RTM_NEWLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                try message.put(Int(IFLA_INFO_KIND), text: Array("bridge".utf8))
                try message.nest(Int(IFLA_INFO_DATA)) { () throws(Errno) in
                    try message.put(Int(IFLA_BR_VLAN_FILTERING), UInt8(vlanFiltering ? 1 : 0))
                }
            }
        }
    }

    /// Brings an interface up or down (RTM_SETLINK, IFF_UP).
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, up: Bool
    ) throws(NetlinkError) {
        try change("bring \(up ? "up" : "down") \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index, up: up))
        }
    }

    /// Attaches an interface to a bridge, or detaches it (RTM_SETLINK, IFLA_MASTER).
    /// - Parameter master: the bridge to attach the interface to; `nil` detaches it.
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, master: InterfaceIndex?
    ) throws(NetlinkError) {
        try change("\(master == nil ? "detach" : "attach") \(name)", RTM_SETLINK) {
            message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_MASTER), master?.number ?? 0)
        }
    }

    /// Sets the interface group (RTM_SETLINK, IFLA_GROUP).
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, group: UInt32
    ) throws(NetlinkError) {
        try change("set the group of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(Int(IFLA_GROUP), group)
        }
    }

    /// Sets the alias (RTM_SETLINK, IFLA_IFALIAS). RTM_NEWLINK ignores that of a new interface.
    package borrowing func set(_ name: InterfaceName, alias: [UInt8]) throws(NetlinkError) {
        try change("set the alias of \(name)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(linkHeader(InterfaceIndex(0)))
            try message.put(Int(IFLA_IFNAME), text: name.bytes)
            try message.put(Int(IFLA_IFALIAS), alias)
        }
    }

    /// Brings up the host's end of a NIC (RTM_NEWLINK), without an IPv6 link-local address
    /// (IN6_ADDR_GEN_MODE_NONE) that a container could reach, with strict reverse path filtering of
    /// IPv4, an alias (IFLA_IFALIAS), and options of a bridge port. This is one message, in which
    /// the kernel sets the options of the port first. It ignores those that it does not know: see
    /// ``Interface/knowsLock``.
    package borrowing func bringUpWithoutLinkLocalAddress(
        _ name: InterfaceName, at index: InterfaceIndex, alias: [UInt8]? = nil,
        port: PortOptions = PortOptions()
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try bringUp(name, index, alias, port, withIPv6: true)
        } catch  where error.errno == .EAFNOSUPPORT {
            // A kernel without IPv6 assigns no such address.
            try bringUp(name, index, alias, port, withIPv6: false)
        }
    }

    private borrowing func bringUp(
        _ name: InterfaceName, _ index: InterfaceIndex, _ alias: [UInt8]?, _ port: PortOptions,
        withIPv6: Bool
    ) throws(NetlinkError) {
        // RTM_NEWLINK without NLM_F_CREATE, because RTM_SETLINK does not accept port options.
        try change("bring up \(name)", RTM_NEWLINK) { message throws(Errno) in
            try message.begin(linkHeader(index, up: true))
            if let alias { try message.put(Int(IFLA_IFALIAS), alias) }
            try message.nest(Int(IFLA_AF_SPEC)) { () throws(Errno) in
                try message.nest(Int(AF_INET)) { () throws(Errno) in
                    // The same as the sysctl rp_filter=1.
                    try message.nest(Int(IFLA_INET_CONF)) { () throws(Errno) in
                        try message.put(IPV4_DEVCONF_RP_FILTER, UInt32(1))
                    }
                }
                guard withIPv6 else { return }
                try message.nest(Int(AF_INET6)) { () throws(Errno) in
                    try message.put(
                        Int(IFLA_INET6_ADDR_GEN_MODE), UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue))
                }
            }
            if port != PortOptions() { try message.put(port) }
        }
    }

    /// Sets options of a bridge port (IFLA_INFO_SLAVE_DATA, instead of IFLA_PROTINFO). Kernels
    /// ignore unknown options: query the port afterwards.
    package borrowing func set(
        _ name: InterfaceName, at index: InterfaceIndex, port: PortOptions
    ) throws(NetlinkError) {
        try change("set port options of \(name)", RTM_NEWLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
            try message.put(port)
        }
    }

    /// Deletes an interface (RTM_DELLINK). This is also the rollback of berth-nic. If it is an end
    /// of a veth pair, the kernel also deletes the other end.
    package borrowing func delete(
        _ name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        try change("delete \(name)", RTM_DELLINK) { message throws(Errno) in
            try message.begin(linkHeader(index))
        }
    }
}

extension Message {
    fileprivate borrowing func put(_ port: PortOptions) throws(Errno) {
        try nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
            try put(Int(IFLA_INFO_SLAVE_KIND), text: Array("bridge".utf8))
            try nest(Int(IFLA_INFO_SLAVE_DATA)) { () throws(Errno) in
                if let isolated = port.isIsolated {
                    try put(Int(IFLA_BRPORT_ISOLATED), UInt8(isolated ? 1 : 0))
                }
                if port.isLocked {
                    try put(Int(IFLA_BRPORT_LOCKED), UInt8(1))
                    try put(Int(IFLA_BRPORT_LEARNING), UInt8(0))
                }
                if let learns = port.learns {
                    try put(Int(IFLA_BRPORT_LEARNING), UInt8(learns ? 1 : 0))
                }
                if let suppresses = port.suppressesNeighbors {
                    try put(Int(IFLA_BRPORT_NEIGH_SUPPRESS), UInt8(suppresses ? 1 : 0))
                }
            }
        }
    }
}

private func linkHeader(_ index: InterfaceIndex, up: Bool) -> ifinfomsg {
    var header = linkHeader(index)
    header.ifi_flags = up ? UInt32(IFF_UP.rawValue) : 0
    header.ifi_change = UInt32(IFF_UP.rawValue)
    return header
}
