internal import Linux
internal import Netlink
internal import Network

/// The properties of a network interface that matter to bridges and NICs.
struct InterfaceFacts: Equatable, Sendable {
    let name: String
    let isBridge: Bool
    /// Whether it may be an Open vSwitch bridge.
    let mayBeOpenVSwitch: Bool
    let isUp: Bool
    /// Whether a Linux bridge forwards frames by VLAN.
    var isVLANAware = false
    /// 4 or 16 bytes each, without link-local addresses.
    var addresses: [[UInt8]] = []

    static func all(of network: HostNetworkStatus) -> [InterfaceFacts] {
        network.interfaces.map { interface in
            InterfaceFacts(
                name: interface.description, isBridge: interface.kind == .bridge,
                mayBeOpenVSwitch: interface.kind == .openVSwitch || interface.kind == .tun,
                isUp: interface.isUp, isVLANAware: interface.isVLANAware ?? false,
                addresses: network.addresses
                    .filter { $0.interface == interface.index && !$0.isLinkLocal }
                    .map(\.bytes))
        }
    }
}
