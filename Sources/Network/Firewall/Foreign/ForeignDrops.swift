/// The chains of other programs' firewalls that throw a network's packets away.
package struct ForeignDrops: Sendable {
    private var live: FirewallChains
    /// The old tables, which nft(8) does not tell of.
    private var old = FirewallChains()
    private let uplinks: [String: String]

    /// - Parameter ruleset: what `nft -j list ruleset` tells.
    /// - Parameter saved: by `ip` or `ip6`, what iptables-save tells of its tables in nftables: nft(8)
    ///   leaves out of them what has no word of its own there.
    /// - Parameter legacy: the same of the old tables.
    /// - Parameter uplinks: by `ip` or `ip6`, where packets leave this host.
    package init(
        _ ruleset: [UInt8], saved: [String: String] = [:], legacy: [String: String] = [:],
        uplinks: [String: String] = [:]
    ) {
        live = FirewallChains(ruleset: ruleset)
        for (family, text) in saved {
            let told = FirewallChains(saved: text, family: family).chains
            let tables = Set(told.keys.map(\.table))
            live.chains = live.chains.filter {
                $0.key.family != family || !tables.contains($0.key.table)
            }
            live.chains.merge(told) { $1 }
        }
        for (family, text) in legacy {
            old.chains.merge(FirewallChains(saved: text, family: family).chains) { $1 }
        }
        self.uplinks = uplinks
    }

    /// For each network the chains that its packets would not pass.
    package func found(for networks: [DesiredNetwork]) -> [BridgeName: [ForeignFirewall]] {
        var found: [BridgeName: [ForeignFirewall]] = [:]
        let own = Set(networks.map { "berth_\($0.bridge)" } + ["lxc"])
        for network in networks {
            for (firewall, isLegacy) in [(live, false), (old, true)] {
                let names = firewall.chains.keys.sorted {
                    ($0.family, $0.table, $0.chain) < ($1.family, $1.table, $1.chain)
                }
                for name in names where !own.contains(name.table) {
                    if name.family == "ip6", network.ipv6 == nil { continue }
                    guard
                        packets(of: network, at: name, firewall).contains(where: {
                            firewall.throwsAway($0, at: name)
                        })
                    else { continue }
                    found[network.bridge, default: []].append(
                        foreign(name, firewall, isLegacy, network.bridge))
                }
            }
        }
        // One word to firewalld is good for all its chains.
        return found.mapValues { firewalls in
            var hasFirewalld = false
            return firewalls.filter {
                guard $0.owner == .firewalld else { return true }
                defer { hasFirewalld = true }
                return !hasFirewalld
            }
        }
    }

    /// The packets that must pass there: to the world, back from it, and to the host's own DHCP and DNS.
    private func packets(
        of network: DesiredNetwork, at name: FirewallChains.Name, _ firewall: FirewallChains
    ) -> [FirewallChains.Packet] {
        let bridge = network.bridge.description
        let family = name.family == "ip6" ? "ip6" : "ip"
        func packet(
            _ incoming: String?, _ outgoing: String?, isReply: Bool = false,
            to destination: String = "unicast", port: Int? = nil
        ) -> FirewallChains.Packet {
            .init(
                bridge: bridge, family: family, incoming: incoming, outgoing: outgoing,
                isReply: isReply, destination: destination,
                transport: port == nil ? nil : "udp", port: port)
        }
        switch firewall.chains[name]?.hook {
        case "forward":
            let uplink = uplinks[family]
            return [packet(bridge, uplink), packet(uplink, bridge, isReply: true)]
        case "input":
            let dns = Int(network.dns.port)
            return (family == "ip" ? [packet(bridge, nil, to: "broadcast", port: 67)] : [])
                + (dns == 0 ? [] : [packet(bridge, nil, to: "local", port: dns)])
        default: return []
        }
    }

    private func foreign(
        _ name: FirewallChains.Name, _ firewall: FirewallChains, _ isLegacy: Bool,
        _ bridge: BridgeName
    ) -> ForeignFirewall {
        let siblings = firewall.chains.filter {
            $0.key.family == name.family && $0.key.table == name.table
        }
        func has(_ matches: (String) -> Bool) -> Bool {
            siblings.keys.contains { matches($0.chain) }
        }
        let owner: ForeignFirewall.Owner =
            // Its chains in tables of iptables, where it is told to use these.
            if name.table == "firewalld" || has({ $0 == "INPUT_ZONES" }) {
                .firewalld
            } else if has({ $0.hasPrefix("ufw") }) {
                .ufw
            } else if has({ $0 == "DOCKER-USER" }) {
                .docker
            } else {
                .unknown
            }
        // Somebody has said where the bridge belongs: that is not for us to say anew.
        let isPlaced =
            owner == .firewalld
            && siblings.values.contains {
                $0.rules.contains { rule in
                    guard case .goto = rule.verdict else { return false }
                    return rule.conditions.contains {
                        if case .incoming([bridge.description]) = $0.about { true } else { false }
                    }
                }
            }
        return ForeignFirewall(
            owner, family: name.family, table: name.table, chain: name.chain,
            isInput: firewall.chains[name]?.hook == "input", isLegacy: isLegacy,
            isPlaced: isPlaced, bridge: bridge)
    }
}
