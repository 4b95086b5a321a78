internal import Linux

extension Observer {
    /// Finds the chains of other programs' firewalls that drop the networks' packets.
    /// - Returns: the chains by bridge, the rules in which they are, and a warning (not an error)
    ///   if nft(8) cannot list its rules as JSON.
    /// - Parameter readsSets: whether to read the sets that rules use, which takes longer.
    func foreignFirewalls(
        _ tools: borrowing HostTools, for networks: [DesiredNetwork], readsSets: Bool = false
    ) -> (
        found: [BridgeName: [ForeignFirewall]], rules: ForeignFirewallDetection?,
        warning: String?
    ) {
        let legacy = tools.legacyTables()
        let own = networks.map { NftDialect.table(of: $0.bridge) } + NftDialect.lxcNetTables
        let isSuspicious = rules.nft?.hasForeignDrop(besides: Set(own)) ?? false
        guard isSuspicious || !legacy.isEmpty else { return ([:], nil, nil) }
        var ruleset = ""
        var saved: [String: String] = [:]
        var sets = NftSets()
        var warning: String?
        if let nft = tools.nft, isSuspicious {
            do {
                ruleset = try HostTools.run(nft, ["-j", "-t", "list", "ruleset"])
                if ruleset.contains("\"xt\"") { saved = tools.savedTables() }
                if readsSets { sets = tools.sets(in: Array(ruleset.utf8), besides: Set(own)) }
            } catch {
                warning =
                    "another program's firewall drops packets, and Berth cannot tell whether it "
                    + "drops those of containers: \(error)"
            }
        }
        let uplinks = [false, true].compactMap { isIPv6 in
            facts.defaultRoute(ofIPv6: isIPv6).map {
                (isIPv6 ? "ip6" : "ip", facts.name(of: $0))
            }
        }
        var drops = ForeignFirewallDetection(
            Array(ruleset.utf8), sets: sets, saved: saved, legacy: legacy,
            uplinks: Dictionary(uniqueKeysWithValues: uplinks), listing: rules.nft)
        drops.filtersFrames = facts.filtersFrames
        return (drops.found(for: networks), drops, warning)
    }
}
