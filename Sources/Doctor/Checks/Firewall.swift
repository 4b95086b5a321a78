/// Whether another program's firewall throws the containers' packets away.
enum Firewall: Check {
    static let name = "firewall"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let chains = network.chains else {
                return [
                    .unknown(
                        network.bridge, "only root sees the firewall's rules: run this as root")
                ]
            }
            guard !chains.isEmpty else {
                return [.ok(network.bridge, "no other program's firewall is in its way")]
            }
            return chains.map { chain in
                let commands: [Fix] = chain.fixes.map {
                    .command($0.map(quoted).joined(separator: " "), by: .root)
                }
                return Finding(
                    .problem, network.bridge, "\(chain.sentence) throws its packets away",
                    commands.isEmpty
                        ? [.advice(chain.remedy)]
                        : commands + [
                            .advice(
                                "that lasts until the next boot; for good set "
                                    + "LXC_FIREWALL_FOREIGN=\"true\" in /etc/default/lxc-net")
                        ])
            }
        }
    }
}
