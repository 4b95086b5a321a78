internal import CNetlink
package import Linux

/// What a network interface is made of.
package enum LinkKind: Equatable, Sendable {
    case bridge
    /// A bridge in the kernel's Open vSwitch datapath.
    case openVSwitch
    /// Also what a bridge of Open vSwitch's userspace datapath looks like.
    case tun
    case veth
    case other

    init(_ name: [UInt8]?) {
        let kinds: [(StaticString, LinkKind)] = [
            ("bridge", .bridge), ("openvswitch", .openVSwitch), ("tun", .tun), ("veth", .veth),
        ]
        let known = kinds.first { kind in name?.elementsEqual(kind.0.description.utf8) ?? false }
        self = known?.1 ?? .other
    }
}

/// A network interface as it was when the kernel was asked.
package struct Link: Equatable, Sendable {
    package let index: InterfaceIndex
    package let name: InterfaceName
    package let kind: LinkKind
    /// Bytes.
    package let mtu: UInt32
    /// The bridge whose port it is.
    package let master: InterfaceIndex?
    /// The other end of a veth pair, by its number in the namespace where it is.
    package let peer: InterfaceIndex?
    /// That namespace, unless it is this one.
    package let peerNamespace: NamespaceID?
    /// The options of a bridge's port.
    package let isIsolated: Bool
    package let isLocked: Bool

    init?(_ reply: borrowing Reply) throws(Errno) {
        let header = try reply.beginning(as: ifinfomsg.self)
        let attributes = reply.attributes(after: ifinfomsg.self)
        guard let name = InterfaceName(attributes.text(Int(IFLA_IFNAME)) ?? []) else { return nil }
        let info = attributes.nested(Int(IFLA_LINKINFO))
        let port = info?.nested(Int(IFLA_INFO_SLAVE_DATA))
        index = InterfaceIndex(header.ifi_index)
        self.name = name
        kind = LinkKind(info?.text(Int(IFLA_INFO_KIND)))
        mtu = attributes.number(Int(IFLA_MTU), as: UInt32.self) ?? 0
        master = attributes.number(Int(IFLA_MASTER), as: Int32.self).map { InterfaceIndex($0) }
        peer = attributes.number(Int(IFLA_LINK), as: Int32.self).map { InterfaceIndex($0) }
        peerNamespace = attributes.number(Int(IFLA_LINK_NETNSID), as: Int32.self)
            .flatMap { $0 >= 0 ? NamespaceID($0) : nil }
        isIsolated = port?.number(Int(IFLA_BRPORT_ISOLATED), as: UInt8.self) == 1
        isLocked = port?.number(Int(IFLA_BRPORT_LOCKED), as: UInt8.self) == 1
    }
}

extension RouteSocket {
    /// The interface of that name; `nil` if there is none.
    package borrowing func link(named name: InterfaceName) throws(NetlinkError) -> Link? {
        try link("look at \(name)", at: InterfaceIndex(0), named: name, in: nil)
    }

    /// Whether there is an interface of that name. Not by ioctl: that makes the kernel look for a
    /// module of the name of every interface that is not there.
    package borrowing func exists(_ name: InterfaceName) throws(NetlinkError) -> Bool {
        try link(named: name) != nil
    }

    /// The interface of that number, in another namespace if one is given: asking needs no
    /// entering.
    package borrowing func link(
        at index: InterfaceIndex, in namespace: NamespaceID? = nil
    ) throws(NetlinkError) -> Link? {
        try link("look at interface \(index.number)", at: index, named: nil, in: namespace)
    }

    private borrowing func link(
        _ operation: String, at index: InterfaceIndex, named name: InterfaceName?,
        in namespace: NamespaceID?
    ) throws(NetlinkError) -> Link? {
        do throws(NetlinkError) {
            let reply = try ask(operation, RTM_GETLINK) { message throws(Errno) in
                try message.begin(linkHeader(index))
                if let name { try message.put(Int(IFLA_IFNAME), text: name.bytes) }
                if let namespace { try message.put(Int(IFLA_TARGET_NETNSID), namespace.number) }
                try message.put(Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
            }
            do throws(Errno) { return try Link(reply) } catch {
                throw NetlinkError(operation, error)
            }
        } catch  where error.errno == .noDevice {
            return nil
        }
    }

    /// The number by which this socket's namespace knows another one; `nil` if it has given it
    /// none.
    package borrowing func number(
        of namespace: borrowing NetworkNamespace
    ) throws(NetlinkError) -> NamespaceID? {
        let operation = "look up the network namespace"
        let descriptor = UInt32(bitPattern: namespace.number)
        let reply = try ask(operation, RTM_GETNSID) { message throws(Errno) in
            try message.begin(rtgenmsg())
            try message.put(Int(NETNSA_FD), descriptor)
        }
        let number = reply.attributes(after: rtgenmsg.self).number(Int(NETNSA_NSID), as: Int32.self)
        return number.flatMap { $0 >= 0 ? NamespaceID($0) : nil }
    }
}

func linkHeader(_ index: InterfaceIndex, up: Bool = false) -> ifinfomsg {
    var header = ifinfomsg()
    header.ifi_index = index.number
    if up {
        header.ifi_flags = UInt32(IFF_UP.rawValue)
        header.ifi_change = UInt32(IFF_UP.rawValue)
    }
    return header
}
