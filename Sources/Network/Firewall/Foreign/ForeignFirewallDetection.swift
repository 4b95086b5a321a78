/// Finds the chains of other programs' firewalls that drop a network's packets.
package struct ForeignFirewallDetection: Sendable {
    private(set) var nftables: FirewallChains
    /// The tables of iptables-legacy(8), which nft(8) does not list.
    private(set) var legacy = FirewallChains()
    let uplinks: [String: String]
    /// Whether the rules for routed packets also apply to frames between ports of a bridge
    /// (br_netfilter), keyed by family.
    var filtersFrames: [String: Bool] = [:]
    private let sets: NftSets

    /// - Parameter ruleset: the output of `nft -j list ruleset`.
    /// - Parameter saved: the output of iptables-save(8) for its tables in nftables, keyed by
    ///   family (`ip` or `ip6`). nft(8) omits the matches and targets that only iptables has.
    /// - Parameter legacy: the output of iptables-legacy-save(8), keyed by family.
    /// - Parameter uplinks: the interface of the default route, keyed by family.
    /// - Parameter listing: the output of `nft list ruleset`, for what the JSON of older versions
    ///   omits.
    package init(
        _ ruleset: [UInt8], saved: [String: String] = [:], legacy: [String: String] = [:],
        uplinks: [String: String] = [:], listing: NftListing? = nil
    ) {
        self.init(
            ruleset, sets: NftSets(), saved: saved, legacy: legacy, uplinks: uplinks,
            listing: listing)
    }

    /// - Parameter sets: the elements of the sets that the ruleset uses, as far as they are read.
    init(
        _ ruleset: [UInt8], sets: NftSets, saved: [String: String], legacy: [String: String],
        uplinks: [String: String], listing: NftListing?
    ) {
        nftables = FirewallChains(
            ruleset: ruleset, devices: listing?.devices ?? [:], sets: sets)
        for (family, text) in saved {
            let chains = FirewallChains(saved: text, family: family).chains
            let tables = Set(chains.keys.map(\.table))
            let replaced = nftables.chains.filter {
                $0.key.family == family && tables.contains($0.key.table)
            }
            for name in replaced.keys { nftables.chains[name] = nil }
            nftables.chains.merge(chains) { $1 }
            for (name, chain) in replaced { nftables.chains[name]?.handle = chain.handle }
        }
        for (family, text) in legacy {
            self.legacy.chains.merge(FirewallChains(saved: text, family: family).chains) { $1 }
        }
        self.uplinks = uplinks
        self.sets = sets
    }

    /// The commands that remove an address from the sets by which this chain drops its packets.
    package func removals(of address: IPv4Address, from chain: ForeignFirewall) -> [[String]] {
        var commands: [[String]] = []
        let elements = sets.ofTable(chain.family, chain.table)
        for case .rule(let rule) in chain.drops {
            for name in rule.sets
            where elements[name]?.contains(where: { $0.element.text == address.description })
                ?? false
            {
                commands.append(
                    [
                        "nft", "delete", "element", chain.family, chain.table, name,
                        "{ \(address) }",
                    ])
            }
        }
        return commands
    }

    /// A container of a network.
    package struct Client: Sendable {
        /// `nil` if it has none yet.
        package let address: IPv4Address?
        /// In lower case; `nil` if it is not known.
        package let hardwareAddress: String?
        /// The host's end of its NIC.
        package let port: String

        package init(address: IPv4Address?, hardwareAddress: String?, port: String) {
            self.address = address
            self.hardwareAddress = hardwareAddress
            self.port = port
        }
    }

    /// The chains that drop vital packets of each network.
    package func found(for networks: [DesiredNetwork]) -> [BridgeName: [ForeignFirewall]] {
        var found: [BridgeName: [ForeignFirewall]] = [:]
        for network in networks {
            // One command to firewalld fixes all its chains.
            var hasFirewalld = false
            let firewalls = self.found(for: network).filter { firewall in
                guard firewall.isVital else { return false }
                guard firewall.owner == .firewalld else { return true }
                defer { hasFirewalld = true }
                return !hasFirewalld
            }
            if !firewalls.isEmpty { found[network.bridge] = firewalls }
        }
        return found
    }

    /// The chains that drop packets of a network, or of one of its containers.
    package func found(
        for network: DesiredNetwork, client: Client? = nil
    ) -> [ForeignFirewall] {
        var found: [ForeignFirewall] = []
        for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
            let names = firewall.chains.keys.sorted {
                ($0.family, $0.table, $0.chain) < ($1.family, $1.table, $1.chain)
            }
            for name in names where !Self.isOwn(name) {
                guard let chain = firewall.chains[name], chain.hook != nil,
                    name.family != "ip6" || network.ipv6 != nil || network.uplink != nil
                else { continue }
                let isIPv6Only =
                    network.ipv6 != nil && network.isClosed(isIPv6: false) && name.family != "ip"
                let family = name.family == "ip6" || isIPv6Only ? "ip6" : "ip"
                let probes = TrafficProbes(
                    network: network, uplink: uplinks[family], family: family, client: client,
                    filtersFrames: filtersFrames[family] ?? false)
                var dropped: [NetworkTraffic] = []
                var drops: [FirewallDrop] = []
                for (traffic, packet) in probes.packets(at: name, chain)
                where !dropped.contains(traffic) {
                    guard let drop = firewall.drop(of: packet, at: name) else { continue }
                    dropped.append(traffic)
                    if !drops.contains(drop) { drops.append(drop) }
                }
                // `outward` includes both.
                if dropped.contains(.outward) {
                    dropped.removeAll { $0 == .remotePing || $0 == .sizeMessages }
                }
                guard !dropped.isEmpty else { continue }
                var foreign = foreign(name, firewall, isLegacy, network.bridge, dropped)
                foreign.drops = drops
                found.append(foreign)
            }
        }
        return found
    }

    /// Whether berth-net, or LXC's script in its place, created the table.
    static func isOwn(_ name: FirewallChains.Name) -> Bool {
        name.table.hasPrefix("berth_") || name.table == AddressFilter.table.name
            || NftDialect.lxcNetTables.contains { $0.name == name.table }
    }

    private func foreign(
        _ name: FirewallChains.Name, _ firewall: FirewallChains, _ isLegacy: Bool,
        _ bridge: BridgeName, _ dropped: [NetworkTraffic]
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
            isInZone: isInZone, dropped: dropped, bridge: bridge)
    }
}
