internal import Netlink
internal import Network

/// Whether an IPsec policy drops or encrypts packets of containers.
enum IPsec: Check {
    static let name = "ipsec"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        // Only root may list the policies.
        guard let policies = facts.packetPath.policies, !facts.usedNetworks.isEmpty else {
            return []
        }
        let findings = facts.usedNetworks.flatMap { network -> [Finding] in
            guard let ipv4 = network.desired?.ipv4 else { return [] }
            return policies.prefix(4096).compactMap { finding($0, network, ipv4) }
        }
        return findings.isEmpty
            ? [.ok("IPsec policies", "none drops or redirects packets of containers")]
            : Array(findings.prefix(16))
    }

    private static func finding(
        _ policy: IPsecPolicy, _ network: NetworkStatus, _ ipv4: DesiredNetwork.Subnet<IPv4Address>
    ) -> Finding? {
        let own = ipv4.address.bytes
        // An address that a container can have.
        let container = (ipv4.network.hosts?.upperBound ?? ipv4.address).bytes
        let source = IPRange(of: policy.source.address, length: policy.source.prefixLength)
        let target = IPRange(of: policy.target.address, length: policy.target.prefixLength)
        func takes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
            source.contains(one) && target.contains(other)
        }
        let isTaken: Bool =
            switch policy.direction {
            case .incoming: takes(container, own)
            case .outgoing: takes(own, container) || takes(container, RouteFacts.internet4)
            case .forwarded:
                takes(container, RouteFacts.internet4) || takes(RouteFacts.internet4, container)
            }
        // A tunnel for all packets of the host may be intended, and carries those of containers.
        let isTunnel = !policy.blocks && !(policy.direction == .outgoing && takes(own, container))
        guard isTaken, !isTunnel else { return nil }
        let words = "src \(source) dst \(target) dir \(policy.direction.rawValue)"
        return .problem(
            network.bridge,
            "the IPsec policy \(words) "
                + (policy.blocks
                    ? "drops packets of containers"
                    : "sends packets for containers through a tunnel"),
            .advice(
                "if a VPN program created it, exclude \(ipv4.network) in its "
                    + "configuration; otherwise:"),
            .command("ip xfrm policy delete \(words)", by: .root))
    }
}
