internal import Linux
internal import Network

extension HostNetworkStatus {
    /// Whether the settings of berth-net name the bridge.
    func isManaged(_ bridge: String) -> Bool { configured.contains { $0.bridge == bridge } }
}

extension Facts {
    /// The configured networks to which the container attaches.
    var usedNetworks: [NetworkStatus] {
        network.configured.filter { network in
            config.bridges.contains { $0 == network.bridge }
        }
    }
}

extension ForeignFirewall {
    /// The chain with its owner, as text.
    var sentence: String {
        let whose = owner == .unknown ? "" : " of \(owner.rawValue)"
        return chainSentence(chain + whose, family, table, isLegacy)
    }

    /// The rules that drop packets, or the policy, as text.
    var cause: String { listed(drops.prefix(4).map { $0.text(in: chain) }) }
}

extension FirewallDiversion {
    /// The chain, as text.
    var sentence: String { chainSentence(chain, family, table, isLegacy) }
}

extension DroppedQuery {
    /// The chain, as text.
    var sentence: String { chainSentence(chain, family, table, isLegacy) }
}

private func chainSentence(
    _ chain: String, _ family: String, _ table: String, _ isLegacy: Bool
) -> String {
    "the chain \(chain) (\(family) \(table)\(isLegacy ? ", a table of iptables-legacy" : ""))"
}
