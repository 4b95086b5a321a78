internal import Netlink
internal import Network

/// Whether the NIC through which a network is part of a LAN carries its frames.
enum UplinkCheck: Check {
    static let name = "uplink"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.joinedNetworks.flatMap { network -> [Finding] in
            guard let uplink = network.uplink else { return [] }
            let findings = fault(uplink, network, facts) ?? addresses(uplink, network, facts)
            return findings.isEmpty
                ? [.ok(uplink.port, "the containers on \(network.bridge) are in its LAN")]
                : findings
        }
    }

    /// Why no frame reaches the LAN; `nil` if frames do.
    private static func fault(
        _ uplink: UplinkStatus, _ network: NetworkStatus, _ facts: Facts
    ) -> [Finding]? {
        if let fault = network.uplinkFault {
            return [
                Finding(
                    .problem, uplink.port, "\(network.bridge) is cut off from its LAN: \(fault)",
                    release(uplink, network, facts) + [facts.networkService(.restart)])
            ]
        }
        guard uplink.isAttached, uplink.isUp else {
            return [
                .problem(
                    uplink.port,
                    "it is \(uplink.isAttached ? "down" : "not attached to \(network.bridge)"), so "
                        + "containers do not reach their LAN",
                    facts.networkService(.restart))
            ]
        }
        guard !uplink.hasCarrier else { return nil }
        return [
            .problem(
                uplink.port,
                "it has no carrier, so containers on \(network.bridge) do not reach their LAN",
                .advice("check the cable of \(uplink.nic), and the port of the switch"))
        ]
    }

    /// What releases the port for the bridge.
    private static func release(
        _ uplink: UplinkStatus, _ network: NetworkStatus, _ facts: Facts
    ) -> [Fix] {
        let interfaces = facts.network.interfaces
        guard let port = interfaces.first(where: { $0.description == uplink.port }) else {
            return []
        }
        let name = quoted(uplink.port)
        let bridge = interfaces.first { $0.description == network.bridge }?.index
        let isTaken = port.master != nil && port.master != bridge
        let removals = facts.network.addresses.filter {
            $0.interface == port.index && !$0.isLinkLocal
        }.map { "ip address del \(IPRange.text($0.bytes))/\($0.prefixLength) dev \(name)" }
        return ((isTaken ? ["ip link set \(name) nomaster"] : []) + removals).map {
            .command($0, by: .root)
        }
    }

    /// Addresses that another program has assigned to the port. They do not work, because the
    /// bridge receives the packets for them.
    private static func addresses(
        _ uplink: UplinkStatus, _ network: NetworkStatus, _ facts: Facts
    ) -> [Finding] {
        let port = facts.network.interfaces.first { $0.description == uplink.port }?.index
        return facts.network.addresses.filter { $0.interface == port && !$0.isLinkLocal }.map {
            let address = "\(IPRange.text($0.bytes))/\($0.prefixLength)"
            return .warning(
                uplink.port,
                "it has the address \(address), which does not work on a port of a bridge, and "
                    + "whose route sends packets for its range to this port",
                .command(
                    "ip address del \(address) dev \(quoted(uplink.port))", by: .root),
                .advice("stop the program that assigns it, such as a DHCP client"))
        }
    }
}
