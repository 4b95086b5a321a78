internal import Network

/// Whether another program's firewall (Docker, ufw, firewalld) drops the containers' packets, or
/// berth-net's own rules drop them because of their source address.
enum Firewall: Check {
    static let name = "firewall"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            chains(of: network) + sources(of: network)
        }
    }

    private static func sources(of network: NetworkStatus) -> [Finding] {
        guard let count = network.droppedSources, count > 0 else { return [] }
        return [
            .warning(
                network.bridge,
                "\(count) packets were dropped because this host has no route to their source "
                    + "address through the bridge",
                .advice(
                    "send from the container's own address, add a route to the network behind "
                        + "the container, or, if it answers through another NIC, set "
                        + "LXC_RPFILTER=\"false\""))
        ]
    }

    private static func chains(of network: NetworkStatus) -> [Finding] {
        guard let chains = network.foreignFirewalls else {
            return [
                .unknown(
                    network.bridge, "only root may read firewall rules: run this as root")
            ]
        }
        guard !chains.isEmpty else {
            return [.ok(network.bridge, "no other program's firewall drops its packets")]
        }
        return chains.map { chain in
            Finding(.problem, network.bridge, "\(chain.sentence) drops its packets", fixes(chain))
        }
    }

    private static func fixes(_ chain: ForeignFirewall) -> [Fix] {
        func commands(_ words: [[String]]) -> [Fix] {
            words.map { .command($0.map(quoted).joined(separator: " "), by: .root) }
        }
        guard let fix = chain.fix else {
            // A rule in a chain for frames of a bridge would have to name other interfaces.
            guard chain.owner == .unknown, ["ip", "ip6", "inet"].contains(chain.family) else {
                return [.advice(chain.remedy)]
            }
            return commands(chain.insertions) + [
                .advice(
                    "this lasts until the program that made the chain replaces it: "
                        + "\(chain.remedy) in the configuration of that program")
            ]
        }
        return commands(fix.apply) + [
            .advice(
                "this lasts until the next boot; to make it permanent, set "
                    + "LXC_FIREWALL_FOREIGN=\"true\" in /etc/default/lxc-net")
        ]
    }
}
