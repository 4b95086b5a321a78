internal import Linux
internal import Netlink
internal import Network

/// Interfaces of this host that are ports of a bridge of containers, and should not be.
enum BridgePorts {
    static func findings(_ bridge: Interface, _ facts: Facts) -> [Finding] {
        let network = facts.network
        let master = bridge.master.flatMap { index in
            network.interfaces.first { $0.index == index }?.description
        }
        let enslaved: [Finding] = (master.map { [$0] } ?? []).map { master in
            .problem(
                bridge.description,
                "the bridge is itself attached to \(master), so the packets of containers "
                    + "go to \(master) instead of this host's addresses on the bridge",
                .command("ip link set \(quoted(bridge.description)) nomaster", by: .root))
        }
        return enslaved
            + network.interfaces.filter {
                // See UplinkCheck.
                $0.master == bridge.index && !network.isUplink($0, of: bridge)
            }.prefix(256).compactMap { port in
                let addresses = network.addresses.filter {
                    $0.interface == port.index && !$0.isLinkLocal
                }
                let isUplink = network.routes.contains {
                    $0.isDefault && $0.goesOut(through: port.index)
                }
                let detach = Fix.command(
                    "ip link set \(quoted(port.description)) nomaster", by: .root)
                if isUplink || !addresses.isEmpty {
                    let what =
                        isUplink
                        ? "the interface of this host's default route"
                        : "an interface with the address \(IPRange.text(addresses[0].bytes))"
                    return .problem(
                        bridge.description,
                        "its port \(port.description) is \(what): the bridge takes everything that "
                            + "arrives there, so this host loses its own connections through it",
                        detach)
                }
                guard network.isManaged(bridge.description), port.kind == .noKind, port.hasDevice
                else {
                    return nil
                }
                return .warning(
                    bridge.description,
                    "its port \(port.description) is a network card, so the DHCP server for "
                        + "containers may answer hosts of another network",
                    detach)
            }
    }
}

extension HostNetworkStatus {
    /// Whether the interface is the uplink of the network of this bridge (LXC_UPLINK).
    fileprivate func isUplink(_ interface: Interface, of bridge: Interface) -> Bool {
        networks.contains {
            $0.bridge == bridge.description && $0.uplink?.port == interface.description
        }
    }
}
