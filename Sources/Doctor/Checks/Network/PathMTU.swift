internal import Linux
internal import Network

/// Whether containers learn that their packets are too large for this host's interface to the
/// Internet (path MTU discovery).
enum PathMTU: Check {
    static let name = "path-mtu"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let uplink = uplink(of: network, facts), let desired = network.desired,
                uplink.mtu < network.mtu
            else { return [] }
            let chains = facts.network.firewall?.droppedSizeMessages(of: desired) ?? []
            return chains.map { chain in
                .problem(
                    "\(uplink.name), MTU \(uplink.mtu)",
                    "it is smaller than the MTU \(network.mtu) of \(network.bridge), and "
                        + "\(chain.cause), \(chain.sentence) drops the ICMP messages "
                        + "(fragmentation needed) that would tell the containers so: large packets "
                        + "are lost",
                    .command(insertion(chain).map(quoted).joined(separator: " "), by: .root),
                    .advice(
                        "this lasts until the program that created the chain replaces it: accept "
                            + "these messages in the configuration of that program"))
            }
        }
    }

    private static func uplink(
        of network: NetworkStatus, _ facts: Facts
    ) -> (name: String, mtu: UInt32)? {
        guard
            let name = facts.packetPath.routes[network.bridge]?.first(where: { !$0.isIPv6 })?
                .uplink,
            let interface = facts.network.interfaces.first(where: { $0.description == name })
        else { return nil }
        let route = facts.network.routes.first {
            $0.isDefault && $0.destination.count == 4 && $0.goesOut(through: interface.index)
        }
        return (name, min(interface.mtu, route?.mtu ?? .max))
    }

    private static func insertion(_ chain: ForeignFirewall) -> [String] {
        // The chains of iptables have the names of their hooks.
        let isIptables =
            chain.family == "ip" && ["OUTPUT", "POSTROUTING"].contains(chain.chain)
            && ["filter", "raw", "mangle"].contains(chain.table)
        guard isIptables else {
            return [
                "nft", "insert", "rule", chain.family, chain.table, chain.chain, "icmp", "type",
                "destination-unreachable", "accept",
            ]
        }
        return [
            chain.isLegacy ? "iptables-legacy" : "iptables", "-w", "10", "-t", chain.table, "-I",
            chain.chain, "-p", "icmp", "--icmp-type", "fragmentation-needed", "-j", "ACCEPT",
        ]
    }
}
