internal import Netlink

/// What makes a bridge the host's own connection to a network, on which containers' DHCP, router
/// advertisements and addresses would do harm.
package enum HostConnection: Equatable, Sendable {
    /// A port that leads to other hosts, and what it is.
    case port(String, kind: String)
    case defaultRoute(isIPv6: Bool)

    /// A clause that follows "because".
    package var sentence: String {
        switch self {
        case .port(let name, let kind): "its port \(name) is \(kind)"
        case .defaultRoute(let isIPv6):
            "this host's default route\(isIPv6 ? " of IPv6" : "") leads through it"
        }
    }
}

extension HostFacts {
    /// The first reason for which a bridge is the host's own; `nil` for one of containers and
    /// virtual machines.
    package func hostConnection(of bridge: BridgeName) -> HostConnection? {
        guard let interface = interface(named: bridge), interface.kind == .bridge else {
            return nil
        }
        for port in ports(of: bridge) {
            if let kind = port.connection {
                return .port(port.description, kind: kind)
            }
        }
        let route = routes.first { $0.isDefault && $0.leads(through: interface.index) }
        return route.map { .defaultRoute(isIPv6: $0.destination.count == 16) }
    }
}

extension Interface {
    /// What connects the interface with other hosts; `nil` for the interfaces of containers and
    /// virtual machines. A kind that is not known to be theirs counts as a connection.
    fileprivate var connection: String? {
        switch kind {
        case .veth, .tun, .dummy: nil
        case .noKind: hasDevice ? "a network card" : nil
        case .vlan: "a VLAN"
        case .bond: "a bond"
        case .bridge, .openVSwitch, .other: "a link to another network"
        }
    }
}
