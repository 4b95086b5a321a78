internal import Netlink

/// Why a bridge counts as the host's own connection to a network (an uplink), where DHCP, router
/// advertisements and addresses for containers would do harm.
package enum HostConnection: Equatable, Sendable {
    /// A port that leads to other hosts, and what it is.
    case port(String, kind: String)
    case defaultRoute(isIPv6: Bool)

    /// A clause that follows "because".
    package var sentence: String {
        switch self {
        case .port(let name, let kind): "its port \(name) is \(kind)"
        case .defaultRoute(let isIPv6):
            "this host's \(isIPv6 ? "IPv6 " : "")default route leads through it"
        }
    }
}

extension HostFacts {
    /// The first reason why a bridge counts as the host's own connection to a network; `nil` for a
    /// bridge of containers and virtual machines.
    /// - Parameter uplink: the port that the settings give the bridge, which does not count.
    package func hostConnection(
        of bridge: BridgeName, besides uplink: String? = nil
    ) -> HostConnection? {
        guard let interface = interface(named: bridge), interface.kind == .bridge else {
            return nil
        }
        for port in ports(of: bridge) {
            if port.description != uplink, let kind = port.connection {
                return .port(port.description, kind: kind)
            }
        }
        let route = routes.first { $0.isDefault && $0.goesOut(through: interface.index) }
        return route.map { .defaultRoute(isIPv6: $0.destination.count == 16) }
    }
}

extension Interface {
    /// What connects the interface to other hosts, such as a physical NIC; `nil` for the interfaces
    /// of containers and virtual machines. An unknown kind counts as a connection.
    fileprivate var connection: String? {
        switch kind {
        case .veth, .tun, .dummy: nil
        case .noKind: hasDevice ? "a network card" : nil
        case .vlan: "a VLAN"
        case .vxlan: "a VXLAN"
        case .bond: "a bond"
        case .bridge, .openVSwitch, .other: "a link to another network"
        }
    }
}
