internal import Linux
internal import Netlink
internal import Network

/// Whether an address of this host's containers, or of its DHCP range, is also used by another
/// host, behind the ports that lead there. All hosts have the address of the gateway (anycast).
enum DuplicateAddresses: Check {
    static let name = "duplicate-addresses"
    static let appliesToRoot = true

    private static let shown = 4

    static func findings(_ facts: Facts) -> [Finding] {
        facts.joinedNetworks.flatMap { network -> [Finding] in
            let ports = facts.packetPath.outsidePorts.filter { $0.bridge == network.bridge }
            guard !ports.isEmpty, let desired = network.desired else { return [] }
            let nics = facts.joinedNICs.filter { $0.attachedTo == network.bridge }
            let neighbors = facts.packetPath.bridgeNeighbors.filter { $0.bridge == network.bridge }
            let found = Outside(ports: ports, neighbors: neighbors)
            let findings =
                nics.flatMap { hardware($0, found) + addresses($0, found) }
                + range(network, desired, nics: facts.packetPath.nics, found)
            return findings.isEmpty
                ? [
                    .ok(
                        listed(ports.map(\.name)),
                        "no address of this host's containers was seen there")
                ] : findings
        }
    }

    /// What is known about other hosts.
    private struct Outside {
        let ports: [OutsidePort]
        /// By address.
        private let byAddress: [[UInt8]: [BridgeNeighbor]]
        let neighbors: [BridgeNeighbor]

        init(ports: [OutsidePort], neighbors: [BridgeNeighbor]) {
            self.ports = ports
            self.neighbors = neighbors
            byAddress = Dictionary(grouping: neighbors, by: \.address)
        }

        func neighbors(with address: [UInt8]) -> [BridgeNeighbor] { byAddress[address] ?? [] }

        /// - Parameter address: `nil` for one that is not known.
        func sighting(
            of address: HardwareNumber?
        ) -> (port: OutsidePort, sighting: OutsidePort.Sighting)? {
            guard let address else { return nil }
            for port in ports {
                if let sighting = port.sightings[address] { return (port, sighting) }
            }
            return nil
        }

        /// Where the neighbor is; `nil` if it is not known to be on another host.
        func place(of neighbor: BridgeNeighbor) -> String? {
            if let (port, sighting) = sighting(of: HardwareNumber(neighbor.hardwareAddress)) {
                return port.place(sighting)
            }
            return neighbor.isExternal ? listed(ports.map(\.name)) : nil
        }
    }

    private static let once = Fix.advice(
        "a container runs on one host at a time: stop it on one of the two; if it is another "
            + "container, give its user the option macfilter or ipfilter in lxc-usernet on its "
            + "host")

    private static func hardware(_ nic: ContainerNICFacts, _ outside: Outside) -> [Finding] {
        guard let own = nic.hardwareAddress,
            let (port, sighting) = outside.sighting(of: HardwareNumber(own)),
            sighting.isAfterStart(of: nic.age)
        else { return [] }
        let seconds = (sighting.age ?? 0) / 100
        return [
            .problem(
                nic.place,
                "its hardware address \(own) is also used behind \(port.place(sighting)), from "
                    + "where the last frame came \(seconds) s ago, so packets for it go to either "
                    + "host", once)
        ]
    }

    private static func addresses(_ nic: ContainerNICFacts, _ outside: Outside) -> [Finding] {
        let own = nic.hardwareAddress.flatMap { HardwareNumber($0) }
        return (nic.inside?.addresses ?? []).prefix(shown).compactMap { address in
            let others = outside.neighbors(with: address).filter {
                HardwareNumber($0.hardwareAddress) != own
            }
            for other in others {
                let seen = outside.sighting(of: HardwareNumber(other.hardwareAddress))
                guard seen?.sighting.isAfterStart(of: nic.age) ?? other.isExternal,
                    let place = outside.place(of: other)
                else { continue }
                return .problem(
                    nic.place,
                    "its address \(IPRange.text(address)) is also used by "
                        + "\(other.hardwareAddress), which is behind \(place)", once)
            }
            return nil
        }
    }

    /// Addresses that only this host leases, or reserves for a container.
    private static func range(
        _ network: NetworkStatus, _ desired: DesiredNetwork, nics: [ContainerNICFacts],
        _ outside: Outside
    ) -> [Finding] {
        guard !desired.dhcp.isDisabled else { return [] }
        let share = desired.dhcp.first...max(desired.dhcp.first, desired.dhcp.last)
        let reservations = Dictionary(
            desired.dhcp.reservations.map { ($0.address.bytes, $0) }, uniquingKeysWith: { $1 })
        let here = Set(nics.compactMap { $0.hardwareAddress.flatMap { HardwareNumber($0) } })
        // A host of a LAN may have a lease of this host's server.
        let leases = Set(
            (desired.uplink == nil ? [] : network.granted ?? []).map {
                "\($0.address) \($0.hardwareAddress ?? "")"
            })
        let held = Set(nics.flatMap { $0.inside?.addresses ?? [] })
        var used: [(address: String, sentence: String)] = []
        for neighbor in outside.neighbors {
            guard let address = IPv4Address(bytes: neighbor.address),
                !held.contains(neighbor.address),
                !here.contains(HardwareNumber(neighbor.hardwareAddress)),
                let place = outside.place(of: neighbor)
            else { continue }
            let client = neighbor.hardwareAddress.description
            if leases.contains("\(address) \(client)") { continue }
            if let reservation = reservations[neighbor.address] {
                guard reservation.mayBe(client) == false else { continue }
                used.append(
                    (
                        "\(address)",
                        "\(address), which LXC_DHCP_HOSTS reserves for \(reservation.client), is "
                            + "used by \(client), which is behind \(place)"
                    ))
            } else if share.contains(address) {
                used.append(
                    (
                        "\(address)",
                        "\(address), which is in the DHCP range of this host, is used by "
                            + "\(client), which is behind \(place)"
                    ))
            }
        }
        let rest = used.count - shown
        let more = rest == 1 ? "is 1 more address" : "are \(rest) more addresses"
        return used.prefix(shown).enumerated().map { position, entry in
            .warning(
                "LXC_DHCP_RANGE of \(network.bridge)",
                entry.sentence
                    + (position == shown - 1 && rest > 0 ? ", and so \(more)" : ""),
                .advice(
                    "give each host a range of its own in LXC_DHCP_RANGE, and each container with "
                        + "a static address an address outside all of these ranges"))
        }
    }
}
