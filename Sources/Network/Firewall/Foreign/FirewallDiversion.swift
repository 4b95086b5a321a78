/// A chain of another program that changes packets of a network so that they, or the replies to
/// them, do not arrive, although nothing drops them.
package struct FirewallDiversion: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Connection tracking does not see the packets, so NAT does not translate them.
        case untracked
        /// The packets get a source address that is not one of this host.
        case source(IPv4Address)
        /// DNS queries are sent to another server; `nil` for another port of this host, or an
        /// address that is not known.
        case names(IPv4Address?)
        /// The port is forwarded elsewhere.
        case forward(Forward)
        /// The packets get a mark, by which ip-rule(8) can select another routing table.
        case mark(UInt32)
    }

    package let family: String
    package let table: String
    package let chain: String
    package let isLegacy: Bool
    package let kind: Kind
}

extension ForeignFirewallDetection {
    /// - Parameter addresses: those of this host.
    package func diversions(
        of network: DesiredNetwork, addresses: Set<IPv4Address>
    ) -> [FirewallDiversion] {
        let probes = TrafficProbes(network: network, uplink: uplinks["ip"], family: "ip")
        let bridge = network.bridge.description
        guard let outward = probes.outward(through: bridge, to: nil).first?.packet else {
            return []
        }
        var found: [FirewallDiversion] = []
        for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
            func note(_ name: FirewallChains.Name, _ kind: FirewallDiversion.Kind) {
                found.append(
                    FirewallDiversion(
                        family: name.family, table: name.table, chain: name.chain,
                        isLegacy: isLegacy, kind: kind))
            }
            // In the order in which packets traverse them.
            let chains = firewall.chains.filter {
                ["ip", "inet"].contains($0.key.family) && $0.value.hook != nil
            }.sorted {
                ($0.value.priority, -$0.value.handle) < ($1.value.priority, -$1.value.handle)
            }
            for (name, chain) in chains where chain.hook == "prerouting" && !Self.isOwn(name) {
                let passage = firewall.passage(of: outward, at: name)
                if passage.isUntracked, network.ipv4?.translates ?? false { note(name, .untracked) }
                if let mark = passage.mark, mark != 0 { note(name, .mark(mark)) }
            }
            /// The first chain that translates the packet, unless it is one of berth-net.
            func translation(
                of packet: FirewallChains.Packet, at hook: String
            ) -> (FirewallChains.Name, FirewallChains.Translation)? {
                for (name, chain) in chains where chain.hook == hook && chain.type == "nat" {
                    let passage = firewall.passage(of: packet, at: name)
                    guard case .translated(let translation) = passage.outcome else { continue }
                    return passage.isOwn || Self.isOwn(name) ? nil : (name, translation)
                }
                return nil
            }
            if let query = probes.toHost(through: bridge).first(where: { $0.traffic == .dns }),
                let (name, to) = translation(of: query.packet, at: "prerouting"),
                to.address != network.ipv4?.address
            {
                note(name, .names(to.address))
            }
            for forward in network.forwards.prefix(64) where !forward.isIPv6 {
                guard
                    let (name, to) = translation(
                        of: probes.unforwarded(forward), at: "prerouting")
                else { continue }
                if case .ipv4(to.address) = forward.target { continue }
                note(name, .forward(forward))
            }
            if network.ipv4?.translates ?? false,
                let out = probes.outward(through: nil, to: uplinks["ip"]).first?.packet,
                let (name, to) = translation(of: out, at: "postrouting"),
                let address = to.address, !addresses.contains(address)
            {
                note(name, .source(address))
            }
        }
        return found
    }
}
