internal import HostPaths
internal import Linux
internal import Netlink

extension Service {
    struct Decision {
        var report: Report
        /// What the record will say when all is done, without what is found out only then.
        var entries: [Record.Entry]
        var gone: [RemovedNetwork]
        var record: Record
        var observer: Observer
        var planner: Planner
    }

    /// A network that is taken down.
    struct RemovedNetwork {
        let entry: Record.Entry
        let ports: [Interface]

        /// What is said where containers are left on the bridge.
        var warning: String? {
            ports.isEmpty
                ? nil
                : "\(entry.wanted.bridge) stays, without address and rules: it has containers on it ("
                    + ports.map(\.name.description).joined(separator: ", ") + ")"
        }
    }

    static func usesIptables(_ record: Record?) -> Bool {
        guard let record else { return false }
        return record.replacesStock
            || record.networks.contains {
                $0.firewall?.dialect == .iptables || !$0.wanted.firewall.prefersNft
            }
    }

    borrowing func observer(
        record: Record?, _ files: SettingsFiles
    ) throws -> Observer {
        let wantsIptables = files.networks.contains {
            !["true", "yes"].contains($0[.useNft].value)
        }
        return try observer(
            record: record,
            readsIptables: wantsIptables || Self.usesIptables(record)
                || (record == nil && SmallFile.exists(Paths.networkUp)))
    }

    borrowing func observer(record: Record?, readsIptables: Bool) throws -> Observer {
        try Observer(tools, record: record, readsIptables: readsIptables)
    }

    borrowing func decide(_ record: Record?) throws -> Decision {
        let files = SettingsFiles.read()
        let observer = try observer(record: record, files)
        let wanted = DesiredState(files, observer.facts)
        guard wanted.problems.isEmpty else { throw Refusal(problems: wanted.problems) }
        var decision = try decide(
            record, observer, networks: wanted.networks, warnings: wanted.warnings)
        decision.report.switchedOff = wanted.switchedOff
        return decision
    }

    borrowing func decide(
        _ record: Record?, _ observer: Observer, networks: [DesiredNetwork],
        warnings: [String] = [], readsSettings: Bool = true
    ) throws -> Decision {
        let planner = Planner(observer.capabilities, restartsDnsmasq: restartsDnsmasq)
        var decision = Decision(
            report: Report(warnings: warnings, networks: networks), entries: [], gone: [],
            record: record ?? Record(), observer: observer, planner: planner)
        for entry in decision.record.networks
        where !networks.contains(where: { $0.bridge == entry.wanted.bridge }) {
            let bridge = entry.wanted.bridge
            let seen = try observer.network(bridge, wanted: entry.wanted, record: entry)
            decision.report.changes += planner.removal(of: entry, from: seen)
            let removed = RemovedNetwork(entry: entry, ports: seen.ports)
            decision.report.warnings += [removed.warning].compactMap { $0 }
            decision.gone.append(removed)
        }
        let foreign = foreignFirewalls(observer, networks, &decision.report.warnings)
        for network in networks {
            let entry = decision.record[network.bridge]
            var seen = try observer.network(network.bridge, wanted: network, record: entry)
            if !readsSettings { seen.configurationDigest = entry?.configurationDigest }
            guard planner.dialect(for: network) != nil else {
                throw Failure(
                    "neither nft nor iptables can be used, so \(network.bridge) would lead nowhere: "
                        + "install nftables")
            }
            decision.report.warnings += Self.warnings(network, seen, observer.capabilities)
            let found = foreign[network.bridge] ?? []
            decision.report.warnings += found.filter {
                !network.firewall.mendsForeign || $0.fix == nil
            }
            .map { $0.warning(for: network.bridge) }
            let mends = network.firewall.mendsForeign ? found.compactMap(\.fix) : []
            decision.report.changes += planner.changes(
                to: network, from: seen, record: entry, foreign: mends)
            decision.entries.append(
                Record.Entry(
                    wanted: network,
                    madeBridge: entry?.madeBridge
                        ?? (seen.interface == nil || seen.isStockBridge
                            || decision.record.left.contains(network.bridge)),
                    firewall: entry?.firewall, dnsPort: planner.dnsPort(network, seen),
                    configurationDigest: seen.configurationDigest,
                    mended: network.firewall.mendsForeign
                        ? (entry?.mended ?? []).filter { !mends.contains($0) } + mends : [],
                    isWhole: false))
        }
        return decision
    }

    private static func warnings(
        _ network: DesiredNetwork, _ seen: ObservedNetwork, _ capabilities: HostCapabilities
    ) -> [String] {
        var warnings: [String] = []
        if let holder = seen.nameServerPortHolder {
            warnings.append(
                "port \(network.dns.port) is held by \(holder), so \(network.bridge) has DHCP and no "
                    + "DNS: stop that program or keep it off \(network.ipv4.address), or set "
                    + "LXC_DNS_PORT")
        }
        if !capabilities.hasDnsmasq {
            warnings.append(
                "dnsmasq is not installed, so \(network.bridge) has neither DHCP nor DNS: install "
                    + "the package dnsmasq-base (Debian, Ubuntu) or dnsmasq")
        }
        return warnings
    }

    /// An nft without JSON, or one that fails at it, is no reason to have no network.
    borrowing func foreignFirewalls(
        _ observer: Observer, _ networks: [DesiredNetwork], _ warnings: inout [String]
    ) -> [BridgeName: [ForeignFirewall]] {
        let legacy = tools.legacyTables()
        let isSuspicious = observer.suspectsForeignDrop(besides: networks.map(\.bridge))
        guard isSuspicious || !legacy.isEmpty else { return [:] }
        var ruleset = ""
        var saved: [String: String] = [:]
        if let nft = tools.nft, isSuspicious {
            do {
                ruleset = try HostTools.run(nft, ["-j", "-t", "list", "ruleset"])
                if ruleset.contains("\"xt\"") { saved = tools.savedTables() }
            } catch {
                warnings.append(
                    "another program's firewall throws packets away, and whether those of containers "
                        + "cannot be seen: \(error)")
            }
        }
        let uplinks = [false, true].compactMap { isIPv6 in
            observer.facts.defaultRoute(ofIPv6: isIPv6).map {
                (isIPv6 ? "ip6" : "ip", observer.facts.name(of: $0))
            }
        }
        return ForeignDrops(
            Array(ruleset.utf8), saved: saved, legacy: legacy,
            uplinks: Dictionary(uniqueKeysWithValues: uplinks)
        ).found(for: networks)
    }
}
