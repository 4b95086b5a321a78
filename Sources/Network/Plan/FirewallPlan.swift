extension Planner {
    /// Which of the two languages the host's firewall understands, if any.
    package func dialect(for wanted: DesiredNetwork) -> Record.AppliedFirewall.Dialect? {
        if capabilities.hasNft, wanted.firewall.prefersNft || capabilities.iptables.isEmpty {
            return .nft
        }
        return capabilities.iptables.isEmpty ? nil : .iptables
    }

    /// What the rules are and were, as digests that the record keeps.
    package static func digest(_ lines: [IptablesDialect.Family: [IptablesDialect.Line]]) -> String
    {
        let text = IptablesDialect.Family.allCases.map { family in
            (lines[family] ?? []).map { "\(family.rawValue) \($0.table) \($0.text)\n" }.joined()
        }
        return SHA256.text(text.joined().utf8)
    }

    package static func found(
        _ observed: ObservedNetwork, _ dialect: Record.AppliedFirewall.Dialect
    ) -> String? {
        switch dialect {
        case .nft: observed.nftTable.map { SHA256.text($0.utf8) }
        case .iptables:
            observed.iptables.values.allSatisfy(\.isEmpty) ? nil : digest(observed.iptables)
        }
    }

    func firewall(
        _ wanted: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        guard let dialect = dialect(for: wanted) else { return [] }
        let rules = FirewallRules(wanted, dnsPort: dnsPort(wanted, observed))
        let isCurrent =
            record?.firewall.map {
                $0.dialect == dialect && $0.said == said(rules, wanted)
                    && $0.found == Self.found(observed, dialect)
            } ?? false
        var changes: [Change] = []
        if !isCurrent || !observed.stockTables.isEmpty || hasStockLines(observed) {
            switch dialect {
            case .nft: changes.append(nft(rules, observed))
            case .iptables: changes += iptables(rules, wanted, observed)
            }
        }
        return changes + otherDialect(wanted.bridge, observed, than: dialect)
    }

    private func hasStockLines(_ observed: ObservedNetwork) -> Bool {
        !observed.stockLines.values.allSatisfy(\.isEmpty)
    }

    private func nft(_ rules: FirewallRules, _ observed: ObservedNetwork) -> Change {
        let table = NftDialect.table(of: rules.bridge)
        let stock = observed.stockTables.keys.sorted { $0.description < $1.description }
        var undoing =
            observed.nftTable.map { NftDialect.restoration(of: table, listing: $0) }
            ?? NftDialect.removal(of: [table])
        for (table, listing) in observed.stockTables {
            undoing += NftDialect.restoration(of: table, listing: listing)
        }
        return .firewall(
            FirewallChange(
                bridge: rules.bridge, sign: observed.nftTable == nil ? "+" : "~",
                sentence: "\(rules.bridge): firewall table \(table)"
                    + (stock.isEmpty ? "" : ", in place of lxc-net's"),
                steps: [
                    .init(
                        tool: .nft, apply: NftDialect.script(rules, removing: stock), undo: undoing)
                ]))
    }

    /// One change a family: trouble with IPv6's is no trouble with IPv4's.
    private func iptables(
        _ rules: FirewallRules, _ wanted: DesiredNetwork, _ observed: ObservedNetwork
    ) -> [Change] {
        let lines = lines(rules, wanted)
        return IptablesDialect.Family.allCases.filter(capabilities.iptables.contains).compactMap {
            family in
            let own = observed.iptables[family] ?? []
            let stock = observed.stockLines[family] ?? []
            let steps = IptablesDialect.steps(
                family, adding: lines[family] ?? [], removing: own + stock)
            guard !steps.isEmpty else { return nil }
            return .firewall(
                FirewallChange(
                    bridge: rules.bridge, sign: own.isEmpty ? "+" : "~",
                    sentence: "\(rules.bridge): \(family.rawValue) rules with comment "
                        + IptablesDialect.tag(rules.bridge)
                        + (stock.isEmpty ? "" : ", in place of lxc-net's"),
                    steps: steps))
        }
    }

    private func lines(
        _ rules: FirewallRules, _ wanted: DesiredNetwork
    ) -> [IptablesDialect.Family: [IptablesDialect.Line]] {
        var lines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
        for family in capabilities.iptables where family == .ipv4 || wanted.ipv6 != nil {
            lines[family] = IptablesDialect.rendered(rules, for: family)
        }
        return lines
    }

    /// The rules as they are said in the language of this host, as a digest.
    package func said(_ rules: FirewallRules, _ wanted: DesiredNetwork) -> String {
        dialect(for: wanted) == .iptables
            ? Self.digest(lines(rules, wanted)) : SHA256.text(NftDialect.script(rules).utf8)
    }

    /// What is left of rules in the language that is no longer spoken.
    private func otherDialect(
        _ bridge: BridgeName, _ observed: ObservedNetwork,
        than dialect: Record.AppliedFirewall.Dialect
    ) -> [Change] {
        var other = observed
        switch dialect {
        case .nft:
            other.nftTable = nil
            other.stockTables = [:]
        case .iptables:
            other.iptables = [:]
            other.stockLines = [:]
        }
        return firewallRemoval(bridge, other)
    }

    /// What takes away the rules that are there, lxc-net's too where they were to be replaced.
    func firewallRemoval(_ bridge: BridgeName, _ observed: ObservedNetwork) -> [Change] {
        var tables = observed.stockTables
        if let listing = observed.nftTable { tables[NftDialect.table(of: bridge)] = listing }
        var changes: [Change] = tables.sorted { $0.key.description < $1.key.description }.map {
            table, listing in
            .firewall(
                FirewallChange(
                    bridge: bridge, sign: "-", sentence: "\(bridge): firewall table \(table)",
                    steps: [
                        .init(
                            tool: .nft, apply: NftDialect.removal(of: [table]),
                            undo: NftDialect.restoration(of: table, listing: listing))
                    ]))
        }
        for family in IptablesDialect.Family.allCases where capabilities.iptables.contains(family) {
            let lines = (observed.iptables[family] ?? []) + (observed.stockLines[family] ?? [])
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
