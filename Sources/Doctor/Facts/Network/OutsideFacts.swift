internal import Linux
internal import Netlink
internal import Network

/// A port of a bridge behind which are other hosts, and what this host has seen there.
struct OutsidePort: Equatable, Sendable {
    let name: String
    let bridge: String
    /// What has been seen, by hardware address.
    var sightings: [HardwareNumber: Sighting] = [:]

    struct Sighting: Equatable, Sendable {
        /// The address of the host, of 4 or 16 bytes; `nil` if the port does not record it.
        var host: [UInt8]?
        /// The time in hundredths of a second since it was seen; `nil` if it is not known.
        var age: UInt32?

        /// Whether it was later than the start of a process.
        /// - Parameter age: the age of the process, in hundredths of a second.
        func isAfterStart(of age: UInt64?) -> Bool {
            guard let age, let own = self.age else { return false }
            // For a moment after a move, the tables still have the container's former host.
            return UInt64(own) + 100 < age
        }
    }

    /// The port, and the host if it is known, as in "is behind …".
    func place(_ sighting: Sighting) -> String {
        name + (sighting.host.map { ", at the host \(IPRange.text($0))" } ?? "")
    }
}

/// A hardware address as a number, which can be looked up.
struct HardwareNumber: Hashable, Sendable {
    private let number: UInt64

    init(_ address: MACAddress) {
        number = address.bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    init?(_ text: String) {
        guard let address = MACAddress(text: text.utf8) else { return nil }
        self.init(address)
    }
}

/// A neighbor of this host on a bridge.
struct BridgeNeighbor: Equatable, Sendable {
    let bridge: String
    /// 4 or 16 bytes.
    let address: [UInt8]
    let hardwareAddress: MACAddress
    /// Whether a program such as FRR has it from another host.
    let isExternal: Bool
}

extension OutsidePort {
    /// The tunnels and uplinks of all networks.
    /// - Parameter forwarding: the forwarding tables of the bridges.
    static func all(
        of network: HostNetworkStatus, _ forwarding: [ForwardingEntry]
    ) -> [OutsidePort] {
        var ports: [Int32: OutsidePort] = [:]
        for status in network.made {
            if let uplink = status.uplink, uplink.isAttached,
                let interface = network.interfaces.first(where: { $0.description == uplink.port })
            {
                var port = OutsidePort(name: uplink.port, bridge: status.bridge)
                for entry in forwarding where entry.port == interface.index && entry.age != nil {
                    port.sightings[HardwareNumber(entry.address)] = Sighting(age: entry.age)
                }
                ports[interface.index.number] = port
            }
            guard let interface = status.tunnel?.interface else { continue }
            let index = interface.index.number
            var port = OutsidePort(name: interface.description, bridge: status.bridge)
            for entry in network.tunnelEntries[index] ?? [] {
                port.sightings[HardwareNumber(entry.address)] =
                    Sighting(host: entry.destination, age: entry.age)
            }
            ports[index] = port
        }
        guard !ports.isEmpty else { return [] }
        for entry in forwarding {
            guard let age = entry.age,
                // The VXLAN port and the bridge each have a table. That of the bridge is also
                // updated by frames from addresses that the port's table already has.
                ports[entry.port.number]?.sightings[HardwareNumber(entry.address)] != nil
            else { continue }
            let number = HardwareNumber(entry.address)
            let former = ports[entry.port.number]?.sightings[number]?.age ?? .max
            ports[entry.port.number]?.sightings[number]?.age = min(former, age)
        }
        return ports.values.sorted { $0.name < $1.name }
    }
}

extension BridgeNeighbor {
    /// - Parameter ports: the ports of the bridges that matter.
    static func all(
        on ports: [OutsidePort], _ network: HostNetworkStatus, _ kernel: borrowing RouteSocket
    ) -> [BridgeNeighbor] {
        guard !ports.isEmpty else { return [] }
        let bridges = Set(ports.map(\.bridge))
        let names = Dictionary(
            network.interfaces.map { ($0.index.number, $0.description) }, uniquingKeysWith: { $1 })
        return [false, true].flatMap { isIPv6 in
            ((try? kernel.allNeighbors(isIPv6: isIPv6)) ?? []).compactMap { neighbor in
                guard let bridge = names[neighbor.interface.number], bridges.contains(bridge),
                    let hardwareAddress = neighbor.hardwareAddress
                else { return nil }
                return BridgeNeighbor(
                    bridge: bridge, address: neighbor.address, hardwareAddress: hardwareAddress,
                    isExternal: neighbor.isExternal)
            }
        }
    }
}
