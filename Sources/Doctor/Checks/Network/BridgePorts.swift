internal import Linux
internal import Netlink
internal import Network

/// Interfaces of this host that are ports of a bridge of containers, and should not be.
enum BridgePorts {
    static func findings(_ bridge: Interface, _ facts: Facts) -> [Finding] {
        let network = facts.network
        let name = bridge.description
        let master = bridge.master.flatMap { index in
            network.interfaces.first { $0.index == index }?.description
        }
        let enslaved: [Finding] = (master.map { [$0] } ?? []).map { master in
            .problem(
                name,
                "the bridge is itself attached to \(master), so the packets of containers "
                    + "go to \(master) instead of this host's addresses on the bridge",
                .command("ip link set \(quoted(name)) nomaster", by: .root))
        }
        // LXC_UPLINK: see UplinkCheck.
        let uplink = network.networks.first { $0.bridge == name }?.uplink?.port
        let isManaged = network.isManaged(name)
        return enslaved
            + network.interfaces.filter { $0.master == bridge.index }.prefix(256).compactMap {
                port in
                let addresses = network.addresses.filter {
                    $0.interface == port.index && !$0.isLinkLocal
                }
                let isUplink = network.routes.contains {
                    $0.isDefault && $0.goesOut(through: port.index)
                }
                let isCard = isManaged && port.kind == .noKind && port.hasDevice
                guard isUplink || !addresses.isEmpty || isCard, port.description != uplink else {
                    return nil
                }
                let detach = Fix.command(
                    "ip link set \(quoted(port.description)) nomaster", by: .root)
                if isUplink || !addresses.isEmpty {
                    let what =
                        isUplink
                        ? "the interface of this host's default route"
                        : "an interface with the address \(IPRange.text(addresses[0].bytes))"
                    return .problem(
                        name,
                        "its port \(port.description) is \(what): the bridge takes everything that "
                            + "arrives there, so this host loses its own connections through it",
                        detach)
                }
                return .warning(
                    name,
                    "its port \(port.description) is a network card, so the DHCP server for "
                        + "containers may answer hosts of another network",
                    detach)
            }
    }
}
