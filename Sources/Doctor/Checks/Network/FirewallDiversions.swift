internal import Linux
internal import Netlink
internal import Network

/// Rules of other programs that send packets elsewhere, or prevent NAT from translating them.
enum FirewallDiversions {
    static func findings(_ network: NetworkStatus, _ facts: Facts) -> [Finding] {
        guard let desired = network.desired, let rules = facts.network.firewall else { return [] }
        let addresses = Set(facts.network.addresses.compactMap { IPv4Address(bytes: $0.bytes) })
        return rules.diversions(of: desired, addresses: addresses).compactMap {
            finding($0, network.bridge, facts)
        }
    }

    private static func finding(
        _ diversion: FirewallDiversion, _ bridge: String, _ facts: Facts
    ) -> Finding? {
        func found(_ verdict: Finding.Verdict, _ effect: String, _ fix: String) -> Finding {
            Finding(verdict, bridge, "\(diversion.sentence) \(effect)", [.advice(fix)])
        }
        switch diversion.kind {
        case .untracked:
            return found(
                .problem,
                "exempts its packets from connection tracking, so NAT does not translate them",
                "exclude \(bridge) from the rule with notrack in this chain")
        case .source(let address):
            return found(
                .problem,
                "gives its packets the source address \(address), which is not one of this host, "
                    + "so replies do not arrive",
                "exclude \(bridge) from the rule with snat in this chain")
        case .names(let address):
            return found(
                .warning,
                "sends its DNS queries to "
                    + (address.map { "\($0)" } ?? "another port") + " instead of dnsmasq, which "
                    + "knows the names of containers",
                "unless this is intended, exclude \(bridge) from the rule in this chain")
        case .forward(let forward):
            return found(
                .warning,
                "takes the port of LXC_FORWARDS \(forward), and sends its connections elsewhere",
                "forward another port, or remove the rule in this chain")
        case .mark(let mark):
            guard let rule = facts.packetPath.rules.first(where: { $0.mark == mark }) else {
                return nil
            }
            return found(
                .warning,
                "gives its packets the mark \(mark), so the rule with priority \(rule.priority) "
                    + "(ip rule) routes them differently",
                "unless this is intended, exclude \(bridge) from the rule in this chain")
        }
    }
}
