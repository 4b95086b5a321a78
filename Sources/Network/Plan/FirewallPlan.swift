internal import Identity

extension Planner {
    /// The dialect for the network's rules; `nil` if neither nft nor iptables works.
    package func dialect(for desired: DesiredNetwork) -> Record.AppliedFirewall.Dialect? {
        if capabilities.hasNft, desired.firewall.prefersNft || capabilities.iptables.isEmpty {
            return .nft
        }
        return capabilities.iptables.isEmpty ? nil : .iptables
    }

    private static func text(_ lines: [IptablesDialect.Family: [IptablesDialect.Line]]) -> String {
        IptablesDialect.Family.allCases.map { family in
            (lines[family] ?? []).map { "\(family.rawValue) \($0.table) \($0.text)\n" }.joined()
        }
        .joined()
    }

    /// A network's rules as the tool lists them; `nil` if there are none.
    package static func listing(
        _ observed: ObservedNetwork, _ dialect: Record.AppliedFirewall.Dialect
    ) -> RuleListing? {
        switch dialect {
        case .nft: observed.nftTable.map { RuleListing($0) }
        case .iptables:
            observed.iptables.values.allSatisfy(\.isEmpty)
                ? nil : RuleListing(text(observed.iptables), .iptables)
        }
    }

    func firewall(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        guard let dialect = dialect(for: desired) else { return [] }
        let rules = rules(of: desired, dnsPort: dnsPort(desired, observed))
        let listing = Self.listing(observed, dialect)
        let isCurrent =
            record?.firewall.map { applied in
                applied.rendered == renderedDigest(rules, desired)
                    && listing.map { applied.isIntact($0, capabilities.ruleTools) } ?? false
            } ?? false
        var changes: [Change] = []
        if !isCurrent || !observed.lxcNetTables.isEmpty || hasLXCNetLines(observed) {
            switch dialect {
            case .nft: changes.append(nft(rules, observed))
            case .iptables: changes += iptables(rules, desired, observed)
            }
        }
        return changes + removal(of: desired.bridge, observed, inOtherThan: dialect)
    }

    func rules(of desired: DesiredNetwork, dnsPort: UInt16) -> FirewallRules {
        FirewallRules(desired, dnsPort: dnsPort, among: networks)
    }

    private func hasLXCNetLines(_ observed: ObservedNetwork) -> Bool {
        !observed.lxcNetLines.values.allSatisfy(\.isEmpty)
    }

    private func nft(_ rules: FirewallRules, _ observed: ObservedNetwork) -> Change {
        let table = NftDialect.table(of: rules.bridge)
        let lxcNet = observed.lxcNetTables.keys.sorted { $0.description < $1.description }
        var undo =
            observed.nftTable.map { NftDialect.restoration(of: table, listing: $0) }
            ?? NftDialect.removal(of: [table])
        for (table, listing) in observed.lxcNetTables {
            undo += NftDialect.restoration(of: table, listing: listing)
        }
        return .firewall(
            FirewallChange(
                bridge: rules.bridge, sign: observed.nftTable == nil ? "+" : "~",
                sentence: "\(rules.bridge): firewall table \(table)"
                    + (lxcNet.isEmpty ? "" : ", replacing lxc-net's"),
                steps: [
                    .init(
                        tool: .nft, apply: NftDialect.script(rules, removing: lxcNet), undo: undo)
                ]))
    }

    /// One change for each family: if the change for IPv6 fails, that for IPv4 is kept.
    private func iptables(
        _ rules: FirewallRules, _ desired: DesiredNetwork, _ observed: ObservedNetwork
    ) -> [Change] {
        let lines = lines(rules, desired)
        return IptablesDialect.Family.allCases.filter(capabilities.iptables.contains).compactMap {
            family in
            let own = observed.iptables[family] ?? []
            let lxcNet = observed.lxcNetLines[family] ?? []
            let steps = IptablesDialect.steps(
                family, adding: lines[family] ?? [], removing: own + lxcNet)
            guard !steps.isEmpty else { return nil }
            return .firewall(
                FirewallChange(
                    bridge: rules.bridge, sign: own.isEmpty ? "+" : "~",
                    sentence: "\(rules.bridge): \(family.rawValue) rules with comment "
                        + IptablesDialect.tag(rules.bridge)
                        + (lxcNet.isEmpty ? "" : ", replacing lxc-net's"),
                    steps: steps))
        }
    }

    private func lines(
        _ rules: FirewallRules, _ desired: DesiredNetwork
    ) -> [IptablesDialect.Family: [IptablesDialect.Line]] {
        var lines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
        for family in capabilities.iptables {
            lines[family] = IptablesDialect.rendered(
                rules, for: family, protectsOnly: family == .ipv6 && desired.ipv6 == nil)
        }
        return lines
    }

    /// The digest of a network's rules as berth-net renders them.
    package func renderedDigest(_ rules: FirewallRules, _ desired: DesiredNetwork) -> String {
        let isIptables = dialect(for: desired) == .iptables
        let text = isIptables ? Self.text(lines(rules, desired)) : NftDialect.script(rules)
        return SHA256.hexDigest(text.utf8)
    }

    /// The changes that remove rules of a dialect that is no longer used.
    private func removal(
        of bridge: BridgeName, _ observed: ObservedNetwork,
        inOtherThan dialect: Record.AppliedFirewall.Dialect
    ) -> [Change] {
        var other = observed
        switch dialect {
        case .nft:
            other.nftTable = nil
            other.lxcNetTables = [:]
        case .iptables:
            other.iptables = [:]
            other.lxcNetLines = [:]
        }
        return firewallRemoval(bridge, other)
    }

    /// Removes a table of nftables.
    /// - Parameter listing: its rules, with which it is restored if a later change fails.
    func tableRemoval(_ table: NftTable, _ listing: String, _ bridge: BridgeName) -> Change {
        .firewall(
            FirewallChange(
                bridge: bridge, sign: "-", sentence: "\(bridge): firewall table \(table)",
                steps: [
                    .init(
                        tool: .nft, apply: NftDialect.removal(of: [table]),
                        undo: NftDialect.restoration(of: table, listing: listing))
                ]))
    }

    /// The changes that remove a network's rules, and those of lxc-net that they were to replace.
    func firewallRemoval(_ bridge: BridgeName, _ observed: ObservedNetwork) -> [Change] {
        var tables = observed.lxcNetTables
        if let listing = observed.nftTable { tables[NftDialect.table(of: bridge)] = listing }
        var changes: [Change] = tables.sorted { $0.key.description < $1.key.description }.map {
            table, listing in tableRemoval(table, listing, bridge)
        }
        for family in IptablesDialect.Family.allCases where capabilities.iptables.contains(family) {
            let lines = (observed.iptables[family] ?? []) + (observed.lxcNetLines[family] ?? [])
            guard !lines.isEmpty else { continue }
            changes.append(
                .firewall(
                    FirewallChange(
                        bridge: bridge, sign: "-",
                        sentence: "\(bridge): \(family.rawValue) rules with comment "
                            + IptablesDialect.tag(bridge),
                        steps: IptablesDialect.steps(family, adding: [], removing: lines))))
        }
        return changes
    }
}
