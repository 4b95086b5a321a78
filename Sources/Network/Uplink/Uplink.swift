package import Netlink

/// The port through which a network is part of a LAN (LXC_UPLINK): a NIC of this host, or an
/// interface that berth-net creates for a VLAN of one.
package struct Uplink: Hashable, Codable, Sendable {
    /// The interface that is the port.
    package let port: BridgeName
    /// The VLAN that the port carries; `nil` if it is the NIC itself.
    package let vlan: VLAN?

    package struct VLAN: Hashable, Codable, Sendable {
        package let nic: BridgeName
        /// From 1 to 4094.
        package let number: UInt16
    }

    /// The NIC that leads to the LAN.
    package var nic: BridgeName { vlan?.nic ?? port }

    /// The group (IFLA_GROUP) by which berth-net recognizes the interfaces that it creates for
    /// VLANs: the message that creates an interface can set a group, but not an alias. It differs
    /// from the groups of ``PortGrant``.
    package static let group: UInt32 = 0xbd00_0001

    /// The IPv6 settings that are 0 on the port: the host does not configure itself from the LAN.
    static func settings(of interface: BridgeName) -> [String] {
        ["accept_ra", "autoconf"].map { "/proc/sys/net/ipv6/conf/\(interface)/\($0)" }
    }
}

extension Interface {
    /// Whether berth-net created it for a VLAN.
    package var isOwnVLAN: Bool { kind == .vlan && group == Uplink.group }
}

extension HostFacts {
    func interface(of uplink: Uplink) -> Interface? { interface(named: uplink.port) }

    /// Adds the uplinks of these networks.
    mutating func note(_ networks: [DesiredNetwork]) {
        for network in networks {
            guard let uplink = network.uplink else { continue }
            uplinks[network.bridge, default: []].append(uplink)
        }
    }

    /// Whether the interface is the uplink of a network that the settings or the record name.
    package func isUplink(_ interface: Interface, of bridge: BridgeName) -> Bool {
        interface.isOwnVLAN
            || (uplinks[bridge] ?? []).contains { $0.port.interface == interface.name }
    }
}
