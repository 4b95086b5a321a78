internal import CNetlink
package import Linux

/// The type of a network interface, by the kernel's IFLA_INFO_KIND.
package enum LinkKind: Equatable, Sendable {
    case bridge
    /// An Open vSwitch bridge with the kernel datapath.
    case openVSwitch
    /// Also the type of an Open vSwitch bridge with the userspace datapath.
    case tun
    case veth
    /// A dummy or ifb device, which is connected to nothing.
    case dummy
    case vlan
    case vxlan
    /// Several links used as one: the kinds `bond` and `team`.
    case bond
    /// The kernel reports no kind, as for network cards, the loopback interface and devices of
    /// out-of-tree drivers.
    case noKind
    case other

    init(_ name: [UInt8]?) {
        let kinds: [(StaticString, LinkKind)] = [
            ("bridge", .bridge), ("openvswitch", .openVSwitch), ("tun", .tun), ("veth", .veth),
            ("dummy", .dummy), ("ifb", .dummy), ("vlan", .vlan), ("vxlan", .vxlan),
            ("bond", .bond), ("team", .bond),
        ]
        guard let name else {
            self = .noKind
            return
        }
        self = kinds.first { name.elementsEqual($0.0.description.utf8) }?.1 ?? .other
    }
}

/// A snapshot of a network interface.
package struct Interface: Equatable, Sendable {
    package let index: InterfaceIndex
    /// May not be a valid ``InterfaceName``. In a container, the container's root chooses it.
    package let rawName: [UInt8]
    package let kind: LinkKind
    package let mtu: UInt32
    package var address: MACAddress?
    package let isUp: Bool
    /// Whether it sends and answers ARP requests: `ip link set arp on`.
    package var usesARP = true
    /// Whether it has a carrier: IFF_LOWER_UP.
    package var hasCarrier = true
    /// The bridge of which the interface is a port (IFLA_MASTER).
    package let master: InterfaceIndex?
    /// The index of the other end of a veth pair, in the namespace of that end (IFLA_LINK).
    package var peer: InterfaceIndex?
    /// The namespace of the other end, unless it is this one (IFLA_LINK_NETNSID).
    package var peerNamespace: NamespaceID?
    /// Whether the other end is in a namespace that the kernel is removing.
    package var hasLostPeerNamespace = false
    /// Whether a bridge forwards frames by VLAN. `nil` for other interfaces, and for a bridge of a
    /// kernel without this feature.
    package var isVLANAware: Bool?
    /// The VLAN of new ports of a bridge, 0 for none; `nil` where ``isVLANAware`` is.
    package var defaultVLAN: UInt16?
    /// The time in hundredths of a second for which a bridge with the spanning tree protocol (STP)
    /// keeps a new port in each of the states listening and learning; `nil` without the protocol.
    package var spanningTreeDelay: UInt32?
    /// Options of a bridge port: see ``PortOptions``.
    package let isIsolated: Bool
    package var isLocked = false
    /// Whether the bridge learns addresses from frames that come from this port.
    package var learns = false
    /// Whether ARP requests and neighbor solicitations that the bridge answers itself are not
    /// flooded to this port (IFLA_BRPORT_NEIGH_SUPPRESS).
    package var suppressesNeighbors = false
    /// `nil` for other kinds.
    package var vxlan: VXLANOptions?
    /// The number of an interface of the kind ``LinkKind/vlan``, whose ``peer`` is the interface
    /// that carries the VLAN.
    package var vlan: UInt16?
    /// Whether a bridge forwards frames of this port: only in the state forwarding of the spanning
    /// tree protocol (STP). `nil` unless it is a port.
    package var forwardsFrames: Bool?
    /// Whether the kernel knows the option ``isLocked``, for a bridge port.
    package var knowsLock = false
    /// IFLA_GROUP, 0 by default.
    package var group: UInt32 = 0
    /// IFLA_IFALIAS. Root of this namespace may set any text.
    package var alias: UntrustedText?
    /// Whether it has had a carrier: for a veth, whether both ends have been up. Kernels before
    /// Linux 4.16 do not report this.
    package var hadCarrier = false
    /// Whether it belongs to a device on a hardware bus. Kernels before Linux 5.14 do not report
    /// this.
    package var hasDevice = false
    /// `nil` unless requested.
    package var traffic: Traffic?

    /// The name, if it is valid as an ``InterfaceName``.
    package var name: InterfaceName? { InterfaceName(rawName) }

    /// Counters since the interface was created.
    package struct Traffic: Equatable, Sendable {
        package let receivedPackets: UInt64
        package let sentPackets: UInt64
        package let receivedBytes: UInt64
        package let sentBytes: UInt64
    }

    package init(
        index: InterfaceIndex, name: InterfaceName, kind: LinkKind, mtu: UInt32,
        address: MACAddress?, isUp: Bool, master: InterfaceIndex?, isIsolated: Bool
    ) {
        self.index = index
        rawName = name.bytes
        self.kind = kind
        self.mtu = mtu
        self.address = address
        self.isUp = isUp
        self.master = master
        self.isIsolated = isIsolated
    }

    init(_ header: ifinfomsg, _ attributes: Attributes) {
        let info = attributes.nested(Int(IFLA_LINKINFO))
        let port = info?.nested(Int(IFLA_INFO_SLAVE_DATA))
        index = InterfaceIndex(header.ifi_index)
        rawName = attributes.text(Int(IFLA_IFNAME)) ?? []
        kind = LinkKind(info?.text(Int(IFLA_INFO_KIND)))
        mtu = attributes.number(Int(IFLA_MTU), as: UInt32.self) ?? 0
        address = attributes[Int(IFLA_ADDRESS)].map { MACAddress(bytes: $0) }
        isUp = header.ifi_flags & UInt32(IFF_UP.rawValue) != 0
        usesARP = header.ifi_flags & UInt32(IFF_NOARP.rawValue) == 0
        hasCarrier = header.ifi_flags & UInt32(IFF_LOWER_UP.rawValue) != 0
        master = attributes.number(Int(IFLA_MASTER), as: Int32.self).map { InterfaceIndex($0) }
        peer = attributes.number(Int(IFLA_LINK), as: Int32.self).map { InterfaceIndex($0) }
        let peerNamespace = attributes.number(Int(IFLA_LINK_NETNSID), as: Int32.self)
        self.peerNamespace = peerNamespace.flatMap { $0 >= 0 ? NamespaceID($0) : nil }
        hasLostPeerNamespace = peerNamespace.map { $0 < 0 } ?? false
        if kind == .bridge {
            let bridge = info?.nested(Int(IFLA_INFO_DATA))
            isVLANAware = bridge?.number(Int(IFLA_BR_VLAN_FILTERING), as: UInt8.self)
                .map { $0 == 1 }
            defaultVLAN = bridge?.number(Int(IFLA_BR_VLAN_DEFAULT_PVID), as: UInt16.self)
            if bridge?.number(Int(IFLA_BR_STP_STATE), as: UInt32.self) ?? 0 != 0 {
                spanningTreeDelay = bridge?.number(Int(IFLA_BR_FORWARD_DELAY), as: UInt32.self)
            }
        }
        isIsolated = port?.number(Int(IFLA_BRPORT_ISOLATED), as: UInt8.self) == 1
        learns = port?.number(Int(IFLA_BRPORT_LEARNING), as: UInt8.self) == 1
        suppressesNeighbors = port?.number(Int(IFLA_BRPORT_NEIGH_SUPPRESS), as: UInt8.self) == 1
        if kind == .vxlan { vxlan = VXLANOptions(info?.nested(Int(IFLA_INFO_DATA))) }
        if kind == .vlan {
            vlan = info?.nested(Int(IFLA_INFO_DATA))?
                .number(Int(IFLA_VLAN_ID), as: UInt16.self)
        }
        hadCarrier = attributes.number(Int(IFLA_CARRIER_UP_COUNT), as: UInt32.self) ?? 0 > 0
        let lock = port?.number(Int(IFLA_BRPORT_LOCKED), as: UInt8.self)
        isLocked = lock == 1
        knowsLock = lock != nil
        forwardsFrames = port?.number(Int(IFLA_BRPORT_STATE), as: UInt8.self)
            .map { $0 == UInt8(BR_STATE_FORWARDING) }
        group = attributes.number(Int(IFLA_GROUP), as: UInt32.self) ?? 0
        alias = attributes.text(Int(IFLA_IFALIAS)).map { UntrustedText($0) }
        // A Xen back-end interface belongs to a device, but leads to a virtual machine.
        hasDevice =
            attributes[Int(IFLA_PARENT_DEV_NAME)] != nil
            && attributes.text(Int(IFLA_PARENT_DEV_BUS_NAME)) != Array("xen-backend".utf8)
        traffic = attributes.structure(Int(IFLA_STATS64), as: rtnl_link_stats64.self).map {
            Traffic(
                receivedPackets: $0.rx_packets, sentPackets: $0.tx_packets,
                receivedBytes: $0.rx_bytes, sentBytes: $0.tx_bytes)
        }
    }
}

extension Interface: CustomStringConvertible {
    package var description: String { printable(rawName) }
}

extension RouteSocket {
    /// All interfaces of this namespace (RTM_GETLINK).
    /// - Parameter withTraffic: whether to include the counters.
    package borrowing func interfaces(
        withTraffic: Bool = false
    ) throws(NetlinkError) -> [Interface] {
        try list(
            "list the network interfaces", RTM_GETLINK, ifinfomsg(),
            with: { message throws(Errno) in
                if !withTraffic { try message.skipStatistics() }
            },
            { header, attributes in Interface(header, attributes) })
    }

    /// - Returns: `nil` if no interface has that name.
    package borrowing func interface(
        named name: InterfaceName
    ) throws(NetlinkError) -> Interface? {
        try interface("look up \(name)", at: InterfaceIndex(0), named: name, in: nil)
    }

    /// Whether an interface has that name. Uses no ioctl, unlike if_nametoindex(3) (SIOCGIFINDEX),
    /// because the kernel would try to load a module named after a missing interface.
    package borrowing func exists(_ name: InterfaceName) throws(NetlinkError) -> Bool {
        try interface(named: name) != nil
    }

    /// - Parameter namespace: another namespace, which this process need not enter:
    ///   IFLA_TARGET_NETNSID, formerly IFLA_IF_NETNSID.
    /// - Returns: `nil` if no interface has that index.
    package borrowing func interface(
        at index: InterfaceIndex, in namespace: NamespaceID? = nil
    ) throws(NetlinkError) -> Interface? {
        try interface("look up interface \(index.number)", at: index, named: nil, in: namespace)
    }

    private borrowing func interface(
        _ operation: String, at index: InterfaceIndex, named name: InterfaceName?,
        in namespace: NamespaceID?
    ) throws(NetlinkError) -> Interface? {
        do throws(NetlinkError) {
            let reply = try query(operation, RTM_GETLINK) { message throws(Errno) in
                try message.begin(linkHeader(index))
                if let name { try message.put(Int(IFLA_IFNAME), text: name.bytes) }
                if let namespace { try message.put(Int(IFLA_TARGET_NETNSID), namespace.number) }
                try message.skipStatistics()
            }
            do throws(Errno) {
                return Interface(
                    try reply.payload(as: ifinfomsg.self),
                    reply.attributes(after: ifinfomsg.self))
            } catch { throw NetlinkError(operation, error) }
        } catch  where error.errno == .ENODEV {
            return nil
        }
    }
}

extension Message {
    fileprivate borrowing func skipStatistics() throws(Errno) {
        try put(Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
    }
}

func linkHeader(_ index: InterfaceIndex) -> ifinfomsg {
    var header = ifinfomsg()
    header.ifi_index = index.number
    return header
}
