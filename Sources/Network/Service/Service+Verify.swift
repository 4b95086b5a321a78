internal import Linux

extension Service {
    /// Asks the programs concerned whether the changes of a plan can be made. `check` and `start`
    /// both do this, so that they agree. If a change cannot be made, `start` makes none that could
    /// be noticed.
    /// - Parameter beforeApplying: whether the changes are made next. Changes that leave nothing
    ///   behind if they fail then need no test of their own, which saves running each program
    ///   twice.
    borrowing func verify(_ plan: inout Plan, beforeApplying: Bool = false) throws(Failure) {
        var objections: [String] = []
        let ownTests = beforeApplying ? plan.changesWithoutConsequences : 0
        for (position, change) in plan.report.changes.enumerated() {
            do throws(Failure) {
                try tools.verify(change, asksPrograms: position >= ownTests)
            } catch {
                if change.isAboutIPv6 {
                    plan.report.warnings.append("IPv6 will be incomplete: \(error)")
                } else if change.isAddressFilter {
                    plan.report.warnings.append(AddressFilter.failure("\(error)"))
                } else {
                    objections.append("\(error)" + advice(on: change, plan))
                }
            }
        }
        guard objections.isEmpty else {
            throw Failure(objections.joined(separator: "\n"))
        }
    }

    /// What to do about rules that the firewall's tool rejects: turn off the setting that needs
    /// them, or use the other tool. Empty for changes that are not about the firewall.
    private borrowing func advice(on change: Change, _ plan: Plan) -> String {
        guard case .firewall(let firewall) = change,
            let network = plan.networks.first(where: { $0.desired.bridge == firewall.bridge })
        else { return "" }
        let rules = plan.planner.rules(of: network.desired, dnsPort: network.dnsPort)
        for setting in rules.settings where accepts(rules.without(setting), network, plan.planner) {
            return "; the other rules are accepted: "
                + (setting == .forwards
                    ? "remove \(setting.rawValue)" : "set \(setting.rawValue)=\"false\"")
        }
        let other = plan.planner.dialect(for: network.desired) == .nft ? "false" : "true"
        return "; try LXC_USE_NFT=\"\(other)\""
    }

    private borrowing func accepts(
        _ rules: FirewallRules, _ network: PlannedNetwork, _ planner: Planner
    ) -> Bool {
        let steps: [FirewallChange.Step] =
            switch planner.dialect(for: network.desired) {
            case .nft: [.init(tool: .nft, apply: NftDialect.script(rules), undo: "")]
            case .iptables:
                IptablesDialect.steps(
                    .ipv4, adding: IptablesDialect.rendered(rules, for: .ipv4), removing: [])
            case nil: []
            }
        for step in steps {
            do throws(Failure) { try tools.verify(step.apply, by: step.tool) } catch {
                return false
            }
        }
        return true
    }
}

extension Service.Plan {
    /// How many changes, from the first, leave the host as it was if they fail: those of bridges
    /// that do not exist yet, which are deleted again, and then one replacement of rules, if it is
    /// atomic.
    fileprivate var changesWithoutConsequences: Int {
        let created = networks.filter { $0.observed.interface == nil }.map(\.desired.bridge)
        let changes = report.changes
        let first = changes.firstIndex { change in !created.contains { change.concerns($0) } }
        guard let first, case .firewall(let firewall) = changes[first], firewall.steps.count == 1
        else { return first ?? changes.count }
        return first + 1
    }
}

extension FirewallRules {
    /// The settings that add rules, and can be turned off.
    var settings: [Setting] {
        var settings: [Setting] = []
        for setting in rules.compactMap(\.setting) where !settings.contains(setting) {
            settings.append(setting)
        }
        return settings
    }

    func without(_ setting: Setting) -> FirewallRules {
        FirewallRules(bridge: bridge, rules: rules.filter { $0.setting != setting })
    }
}

extension FirewallRules.Rule {
    fileprivate var setting: Setting? {
        switch self {
        case .dropUnroutedSources: .reversePathFilter
        case .isolate, .separate: .isolate
        case .masquerade(let range, _, _): range.isIPv6 ? .ipv6NAT : .nat
        case .forward, .hairpin: .forwards
        case .acceptInput, .close, .closeTo, .dropReservedGroups, .dropOtherSources,
            .fixDHCPChecksum,
            .acceptNeighborDiscovery,
            .acceptFromBridge, .acceptToBridge, .acceptToBridgeFrom, .refuseConnections,
            .dropTunnelTraffic, .dropShadows, .acceptQueries:
            nil
        }
    }
}
