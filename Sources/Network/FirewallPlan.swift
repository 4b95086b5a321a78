extension Planner {
    /// Which of the two languages the host's firewall understands, if any.
    package func dialect(for wanted: WantedNetwork) -> Record.AppliedFirewall.Dialect? {
        if footing.hasNft, wanted.firewall.prefersNft || footing.iptables.isEmpty { return .nft }
        return footing.iptables.isEmpty ? nil : .iptables
    }

    /// What the rules are and were, as digests that the record keeps.
    package static func digest(_ lines: [IptablesDialect.Family: [IptablesDialect.Line]]) -> String
    {
        let text = IptablesDialect.Family.allCases.map { family in
            (lines[family] ?? []).map { "\(family.rawValue) \($0.table) \($0.text)\n" }.joined()
        }
        return Digest.text(text.joined().utf8)
    }

    package static func found(
        _ observed: ObservedNetwork, _ dialect: Record.AppliedFirewall.Dialect
    ) -> String? {
        switch dialect {
        case .nft: observed.nftTable.map { Digest.text($0.utf8) }
        case .iptables:
            observed.iptables.values.allSatisfy(\.isEmpty) ? nil : digest(observed.iptables)
        }
    }

    func firewall(
        _ wanted: WantedNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        guard let dialect = dialect(for: wanted) else { return [] }
        let rules = FirewallRules(wanted, dnsPort: dnsPort(wanted, observed))
        let change: FirewallChange
        switch dialect {
        case .nft: change = nft(rules, observed)
        case .iptables: change = iptables(rules, wanted, observed)
        }
        let now = Self.found(observed, dialect)
        let isCurrent =
            record?.firewall.map {
                $0.dialect == dialect && $0.said == change.said && $0.found == now
            } ?? false
        var changes: [Change] = []
        if !isCurrent || !observed.stockTables.isEmpty || hasStockLines(observed) {
            changes.append(.firewall(change))
        }
        return changes + otherDialect(wanted.bridge, observed, than: dialect)
    }

    private func hasStockLines(_ observed: ObservedNetwork) -> Bool {
        !observed.stockLines.values.allSatisfy(\.isEmpty)
    }

    private func nft(_ rules: FirewallRules, _ observed: ObservedNetwork) -> FirewallChange {
        let table = NftDialect.table(of: rules.bridge)
        let stock = observed.stockTables.keys.sorted { $0.description < $1.description }
        var undoing =
            observed.nftTable.map { NftDialect.restoration(of: table, listing: $0) }
            ?? NftDialect.removal(of: [table])
        for (table, listing) in observed.stockTables {
            undoing += NftDialect.restoration(of: table, listing: listing)
        }
        return FirewallChange(
            bridge: rules.bridge, sign: observed.nftTable == nil ? "+" : "~",
            sentence: "\(rules.bridge): firewall table \(table)"
                + (stock.isEmpty ? "" : ", in place of lxc-net's"),
            script: .nft(NftDialect.script(rules, removing: stock)), undoing: .nft(undoing),
            said: Digest.text(NftDialect.script(rules).utf8))
    }

    private func iptables(
        _ rules: FirewallRules, _ wanted: WantedNetwork, _ observed: ObservedNetwork
    ) -> FirewallChange {
        var scripts: [IptablesDialect.Family: String] = [:]
        var undoing: [IptablesDialect.Family: String] = [:]
        let wantedLines = lines(rules, wanted)
        for family in footing.iptables {
            let lines = wantedLines[family] ?? []
            let present =
                (observed.iptables[family] ?? []) + (observed.stockLines[family] ?? [])
            scripts[family] = IptablesDialect.script(adding: lines, removing: present)
            undoing[family] = IptablesDialect.script(adding: present, removing: lines)
        }
        let isNew = observed.iptables.values.allSatisfy(\.isEmpty)
        return FirewallChange(
            bridge: rules.bridge, sign: isNew ? "+" : "~",
            sentence: "\(rules.bridge): iptables rules with comment "
                + IptablesDialect.tag(rules.bridge)
                + (hasStockLines(observed) ? ", in place of lxc-net's" : ""),
            script: .iptables(scripts), undoing: .iptables(undoing), said: said(rules, wanted))
    }

    private func lines(
        _ rules: FirewallRules, _ wanted: WantedNetwork
    ) -> [IptablesDialect.Family: [IptablesDialect.Line]] {
        var lines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
        for family in footing.iptables where family == .ipv4 || wanted.ipv6 != nil {
            lines[family] = IptablesDialect.rendered(rules, for: family)
        }
        return lines
    }

    /// The rules as they are said in the language of this host, as a digest.
    package func said(_ rules: FirewallRules, _ wanted: WantedNetwork) -> String {
        dialect(for: wanted) == .iptables
            ? Self.digest(lines(rules, wanted)) : Digest.text(NftDialect.script(rules).utf8)
    }

    /// What is left of rules in the language that is no longer spoken.
    private func otherDialect(
        _ bridge: BridgeName, _ observed: ObservedNetwork,
        than dialect: Record.AppliedFirewall.Dialect
    ) -> [Change] {
        var other = observed
        other.stockTables = [:]
        other.stockLines = dialect == .nft ? observed.stockLines : [:]
        switch dialect {
        case .nft: other.nftTable = nil
        case .iptables: other.iptables = [:]
        }
        return firewallRemoval(bridge, other)
    }

    /// What takes away the rules that are there.
    func firewallRemoval(_ bridge: BridgeName, _ observed: ObservedNetwork) -> [Change] {
        var changes: [Change] = []
        if let listing = observed.nftTable {
            let table = NftDialect.table(of: bridge)
            changes.append(
                .firewall(
                    FirewallChange(
                        bridge: bridge, sign: "-", sentence: "\(bridge): firewall table \(table)",
                        script: .nft(NftDialect.removal(of: [table])),
                        undoing: .nft(NftDialect.restoration(of: table, listing: listing)),
                        said: nil)))
        }
        var scripts: [IptablesDialect.Family: String] = [:]
        var undoing: [IptablesDialect.Family: String] = [:]
        for family in footing.iptables {
            let lines = (observed.iptables[family] ?? []) + (observed.stockLines[family] ?? [])
            guard !lines.isEmpty else { continue }
            scripts[family] = IptablesDialect.script(adding: [], removing: lines)
            undoing[family] = IptablesDialect.script(adding: lines, removing: [])
        }
        if !scripts.isEmpty {
            changes.append(
                .firewall(
                    FirewallChange(
                        bridge: bridge, sign: "-",
                        sentence: "\(bridge): iptables rules with comment "
                            + IptablesDialect.tag(bridge),
                        script: .iptables(scripts), undoing: .iptables(undoing), said: nil)))
        }
        return changes
    }
}
