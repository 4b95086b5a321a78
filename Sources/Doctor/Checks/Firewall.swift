internal import Network

/// Whether the firewall of another program drops the containers' packets.
enum Firewall: Check {
    static let name = "firewall"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
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
                let commands: [Fix] = (chain.fix?.apply ?? []).map {
                    .command($0.map(quoted).joined(separator: " "), by: .root)
                }
                return Finding(
                    .problem, network.bridge, "\(chain.sentence) drops its packets",
                    commands.isEmpty
                        ? [.advice(chain.remedy)]
                        : commands + [
                            .advice(
                                "this lasts until the next boot; to make it permanent, set "
                                    + "LXC_FIREWALL_FOREIGN=\"true\" in /etc/default/lxc-net")
                        ])
            }
        }
    }
}
