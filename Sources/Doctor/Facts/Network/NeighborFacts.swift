internal import Netlink
internal import Network

/// A permanent entry of the kernel's table of IPv4 neighbors.
struct PermanentNeighbor: Equatable, Sendable {
    let interface: String
    /// 4 bytes.
    let address: [UInt8]
    let hardwareAddress: String

    static func all(
        of network: HostNetworkStatus, _ kernel: borrowing RouteSocket
    ) -> [PermanentNeighbor] {
        ((try? kernel.permanentNeighbors4()) ?? []).compactMap { entry in
            network.interfaces.first { $0.index == entry.interface }.map {
                PermanentNeighbor(
                    interface: $0.description, address: entry.address,
                    hardwareAddress: entry.hardwareAddress.description)
            }
        }
    }
}

/// A static entry of a bridge's forwarding table, on one of its ports.
struct StaticForwarding: Equatable, Sendable {
    let bridge: String
    let port: String
    let hardwareAddress: String

    /// - Parameter entries: the forwarding tables of the bridges.
    static func all(
        of network: HostNetworkStatus, _ entries: [ForwardingEntry]
    ) -> [StaticForwarding] {
        let interfaces = Dictionary(
            network.interfaces.map { ($0.index.number, $0) }, uniquingKeysWith: { $1 })
        return entries.filter(\.isStatic).compactMap { entry in
            guard let port = interfaces[entry.port.number],
                let bridge = port.master.flatMap({ interfaces[$0.number] })
            else { return nil }
            return StaticForwarding(
                bridge: bridge.description, port: port.description,
                hardwareAddress: entry.address.description)
        }
    }
}
