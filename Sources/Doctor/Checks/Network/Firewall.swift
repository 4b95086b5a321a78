internal import Linux
internal import Network

/// Whether another program's firewall (Docker, ufw, firewalld) drops the containers' packets, or
/// berth-net's own rules drop them because of their source address.
enum Firewall: Check {
    static let name = "firewall"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            chains(of: network, facts) + FirewallDiversions.findings(network, facts)
                + sources(of: network)
        }
    }

    private static func sources(of network: NetworkStatus) -> [Finding] {
        guard let count = network.droppedSources, count > 0 else { return [] }
        return [
            .warning(
                network.bridge,
                "\(counted(Int(count), "packet")) with a source address to which this host has no "
                    + "route through the bridge \(count == 1 ? "was" : "were") dropped",
                .advice(
                    "send from the container's own address, add a route to the network behind "
                        + "the container, or, if it answers through another NIC, set "
                        + "LXC_RPFILTER=\"false\""))
        ]
    }

    private static func chains(of network: NetworkStatus, _ facts: Facts) -> [Finding] {
        guard let vital = network.foreignFirewalls else {
            return [
                .unknown(
                    network.bridge, "only root may read firewall rules: run this as root")
            ]
        }
        let all = network.desired.flatMap { facts.network.firewall?.found(for: $0) } ?? vital
        let findings = all.map { chain in
            Finding(
                chain.isVital ? .problem : .warning, network.bridge,
                "\(chain.sentence) drops its \(what(chain)) \(chain.cause)", fixes(chain))
        }
        let ofContainers = facts.runningNICs.prefix(16).flatMap {
            containers($0, network, besides: all, facts)
        }
        guard findings.isEmpty, ofContainers.isEmpty else { return findings + ofContainers }
        return [.ok(network.bridge, "no other program's firewall drops its packets")]
    }

    /// The chains that drop packets of this container, and not of all of them.
    private static func containers(
        _ nic: ContainerNICFacts, _ network: NetworkStatus, besides all: [ForeignFirewall],
        _ facts: Facts
    ) -> [Finding] {
        guard nic.attachedTo == network.bridge, let desired = network.desired,
            let rules = facts.network.firewall
        else { return [] }
        // A firewall can also be why the container has no address.
        let address = nic.addresses4.first { desired.ipv4?.network.contains($0) ?? true }
        let client = ForeignFirewallDetection.Client(
            address: address, hardwareAddress: nic.inside?.hardwareAddress, port: nic.port)
        let own = rules.found(for: desired, client: client)
        let others = own.filter { chain in
            !all.contains {
                ($0.family, $0.table, $0.chain) == (chain.family, chain.table, chain.chain)
            }
        }
        return others.map { chain in
            let removals = address.map { rules.removals(of: $0, from: chain) } ?? []
            let fixes: [Fix] =
                removals.isEmpty
                ? [
                    .advice(
                        "examine the rules with nft list chain \(chain.family) \(chain.table) "
                            + "\(chain.chain), and remove the one for "
                            + (address.map { "\($0), " } ?? "")
                            + (nic.inside?.hardwareAddress ?? "its hardware address")
                            + " or \(nic.port)")
                ]
                : commands(removals) + [
                    .advice(
                        "exempt \(desired.ipv4?.network.description ?? nic.port) in the program "
                            + "that added the address; otherwise it adds the address again")
                ]
            return Finding(
                chain.isVital ? .problem : .warning, nic.place,
                "\(chain.sentence) drops its \(what(chain)) \(chain.cause)", fixes)
        }
    }

    private static func commands(_ words: [[String]]) -> [Fix] {
        words.map { .command($0.map(quoted).joined(separator: " "), by: .root) }
    }

    private static func what(_ chain: ForeignFirewall) -> String {
        chain.dropped.contains(.outward) ? "packets" : listed(chain.dropped.map(\.text))
    }

    private static func fixes(_ chain: ForeignFirewall) -> [Fix] {
        guard let fix = chain.fix else {
            // A rule in a chain for frames of a bridge would have to name other interfaces.
            guard chain.owner == .unknown, ["ip", "ip6", "inet"].contains(chain.family) else {
                return [.advice(chain.remedy)]
            }
            return commands(chain.insertions) + [
                .advice(
                    "this lasts until the program that created the chain replaces it: "
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
