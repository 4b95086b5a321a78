/// Finds the chains of other programs' firewalls that drop a network's packets.
package struct ForeignFirewallDetection: Sendable {
    private var nftables: FirewallChains
    /// The tables of iptables-legacy(8), which nft(8) does not list.
    private var legacy = FirewallChains()
    private let uplinks: [String: String]

    /// - Parameter ruleset: the output of `nft -j list ruleset`.
    /// - Parameter saved: the output of iptables-save(8) for its tables in nftables, keyed by
    ///   family (`ip` or `ip6`). nft(8) omits the matches and targets that only iptables has.
    /// - Parameter legacy: the output of iptables-legacy-save(8), keyed by family.
    /// - Parameter uplinks: the interface of the default route, keyed by family.
    package init(
        _ ruleset: [UInt8], saved: [String: String] = [:], legacy: [String: String] = [:],
        uplinks: [String: String] = [:]
    ) {
        nftables = FirewallChains(ruleset: ruleset)
        for (family, text) in saved {
            let chains = FirewallChains(saved: text, family: family).chains
            let tables = Set(chains.keys.map(\.table))
            nftables.chains = nftables.chains.filter {
                $0.key.family != family || !tables.contains($0.key.table)
            }
            nftables.chains.merge(chains) { $1 }
        }
        for (family, text) in legacy {
            self.legacy.chains.merge(FirewallChains(saved: text, family: family).chains) { $1 }
        }
        self.uplinks = uplinks
    }

    /// The chains that drop packets of each network.
    package func found(for networks: [DesiredNetwork]) -> [BridgeName: [ForeignFirewall]] {
        var found: [BridgeName: [ForeignFirewall]] = [:]
        let own = Set(
            (networks.map { NftDialect.table(of: $0.bridge) } + NftDialect.lxcNetTables).map(\.name)
        )
        for network in networks {
            for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
                let names = firewall.chains.keys.sorted {
                    ($0.family, $0.table, $0.chain) < ($1.family, $1.table, $1.chain)
                }
                for name in names where !own.contains(name.table) {
                    guard name.family != "ip6" || network.ipv6 != nil,
                        packets(of: network, at: name, firewall)
                            .contains(where: { firewall.drops($0, at: name) })
                    else { continue }
                    found[network.bridge, default: []].append(
                        foreign(name, firewall, isLegacy, network.bridge))
                }
            }
        }
        // One command to firewalld fixes all its chains.
        return found.mapValues { firewalls in
            var hasFirewalld = false
            return firewalls.filter {
                guard $0.owner == .firewalld else { return true }
                defer { hasFirewalld = true }
                return !hasFirewalld
            }
        }
    }

    /// The packets that the chain must accept: to and from the uplink, and DHCP and DNS requests
    /// and replies.
    private func packets(
        of network: DesiredNetwork, at name: FirewallChains.Name, _ firewall: FirewallChains
    ) -> [FirewallChains.Packet] {
        let bridge = network.bridge.description
        let family = name.family == "ip6" ? "ip6" : "ip"
        let uplink = uplinks[family]
        func packet(
            _ incoming: String?, _ outgoing: String?, isReply: Bool = false,
            to destination: String = "unicast", port: Int? = nil, hasAddress: Bool = true
        ) -> FirewallChains.Packet {
            .init(
                bridge: bridge, family: family, incoming: incoming, outgoing: outgoing,
                isReply: isReply, destination: destination,
                containers: hasAddress && family == "ip" ? network.ipv4.network.range : nil,
                transport: port == nil ? nil : "udp", port: port)
        }
        switch firewall.chains[name]?.hook {
        case "postrouting" where !name.seesPackets: return []
        case "forward", "postrouting":
            return [packet(bridge, uplink), packet(uplink, bridge, isReply: true)]
        case "input":
            let dns = Int(network.dns.port)
            return
                (family == "ip"
                ? [packet(bridge, nil, to: "broadcast", port: 67, hasAddress: false)] : [])
                + (dns == 0 ? [] : [packet(bridge, nil, to: "local", port: dns)])
        case "prerouting" where name.seesPackets:
            // Replies have the address of the host until the kernel has translated it.
            return [
                packet(bridge, nil), packet(uplink, nil, isReply: true, hasAddress: false),
            ]
        case "output" where name.seesPackets: return [packet(nil, bridge, isReply: true)]
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
        let hook = firewall.chains[name]?.hook
        let owner: ForeignFirewall.Owner =
            // The fixes for these programs concern packets that are forwarded, or that this host
            // receives.
            if hook != "forward" && hook != "input" {
                .unknown
                // firewalld has the chain INPUT_ZONES if it is configured to use iptables.
            } else if name.table == "firewalld" || has({ $0 == "INPUT_ZONES" }) {
                .firewalld
            } else if has({ $0.hasPrefix("ufw") }) {
                .ufw
            } else if has({ $0 == "DOCKER-USER" }) {
                .docker
            } else {
                .unknown
            }
        // If the administrator has assigned the bridge to a zone, leave it there.
        let isInZone =
            owner == .firewalld
            && siblings.values.contains {
                $0.rules.contains { rule in
                    guard case .goto = rule.verdict else { return false }
                    return rule.matches.contains {
                        if case .incoming([bridge.description]) = $0.criterion {
                            true
                        } else {
                            false
                        }
                    }
                }
            }
        return ForeignFirewall(
            owner, family: name.family, table: name.table, chain: name.chain,
            isInput: hook == "input", hook: hook ?? "", isLegacy: isLegacy,
            isInZone: isInZone, bridge: bridge)
    }
}

extension FirewallChains.Name {
    /// Whether its hooks see packets that are routed, and not frames of a bridge or an interface.
    fileprivate var seesPackets: Bool { ["ip", "ip6", "inet"].contains(family) }
}
