/// The firewall rules of a network, independent of the tool that loads them.
///
/// ``NftDialect`` and ``IptablesDialect`` render them. What removes the rules is derived from what
/// was rendered or found, so that start and stop cannot drift apart.
package struct FirewallRules: Sendable {
    package let bridge: BridgeName
    package let rules: [Rule]

    package enum Rule: Hashable, Sendable {
        /// Accepts packets from containers to a port of this host.
        case acceptInput(Forward.Transport, port: UInt16)
        /// Accepts IPv6 router and neighbor discovery from containers.
        case acceptNeighborDiscovery
        /// Drops what containers send each other through the host, except to forwarded ports.
        case isolate
        case acceptFromBridge
        case acceptToBridge
        /// Gives packets that leave the range the source address of the host.
        case masquerade(Range)
        /// Corrects the UDP checksum of DHCP replies, which veth omits and old DHCP clients verify.
        case fixDHCPChecksum
        /// Forwards a port of the host to a container; packets keep their source address.
        case forward(Forward)
        /// Masquerades what containers send to a forward of their network, so that replies return
        /// through the host (hairpin NAT).
        case hairpin(Forward, Range)

        /// Whether the rule is for IPv6 only or for IPv4 only; `nil` if it is for both.
        var isIPv6: Bool? {
            switch self {
            case .acceptNeighborDiscovery: true
            case .fixDHCPChecksum: false
            case .masquerade(let range): range.isIPv6
            case .forward(let forward), .hairpin(let forward, _): forward.isIPv6
            case .acceptInput, .isolate, .acceptFromBridge, .acceptToBridge: nil
            }
        }
    }

    package struct Range: Hashable, Sendable {
        let isIPv6: Bool
        let text: String

        init<Address>(_ prefix: Prefix<Address>) {
            isIPv6 = Address.self == IPv6Address.self
            text = prefix.description
        }
    }

    /// - Parameter dnsPort: the port of the network's name server; 0 if it has none.
    package init(_ network: DesiredNetwork, dnsPort: UInt16) {
        bridge = network.bridge
        let ipv4 = Range(network.ipv4.network)
        let ipv6 = network.ipv6.map { Range($0.network) }
        var rules = (dnsPort == 0 ? [67] : [67, dnsPort]).flatMap {
            [Rule.acceptInput(.udp, port: $0), .acceptInput(.tcp, port: $0)]
        }
        if ipv6 != nil { rules.append(.acceptNeighborDiscovery) }
        if network.isolates { rules.append(.isolate) }
        rules += [.acceptFromBridge, .acceptToBridge]
        if network.ipv4.translates { rules.append(.masquerade(ipv4)) }
        if let ipv6, network.ipv6?.translates ?? false { rules.append(.masquerade(ipv6)) }
        rules.append(.fixDHCPChecksum)
        for forward in network.forwards {
            guard let range = forward.isIPv6 ? ipv6 : ipv4 else { continue }
            rules += [.forward(forward), .hairpin(forward, range)]
        }
        self.rules = rules
    }
}
