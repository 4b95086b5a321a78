internal import Linux

extension Service {
    borrowing func exclusiveRun() throws -> ExclusiveRun {
        try SmallFile.makeDirectory(Paths.runDirectory)
        guard let run = try ExclusiveRun.begin(Paths.lock, atMost: 30_000) else {
            throw Failure("another berth-net has been at work for 30 s: wait for it, or end it")
        }
        return run
    }

    /// Writes down what is begun, does it, and writes down what came of it. Whoever is killed in
    /// between leaves a record by which `stop` finds everything, and `start` goes on.
    borrowing func carryOut(_ decision: Decision) throws -> Report {
        var report = decision.report
        guard !report.networks.isEmpty || !decision.gone.isEmpty else { return report }
        let before = decision.record
        var record = before
        let isSettled =
            decision.report.changes.isEmpty
            && before.networks.allSatisfy(\.isWhole)
            && before.networks.map(\.wanted) == decision.entries.map(\.wanted)
        if isSettled, SmallFile.exists(Paths.networkUp) { return report }
        try decision.observer.keepSeed()
        for entry in decision.entries { record.put(entry) }
        record.left.removeAll { bridge in decision.entries.contains { $0.wanted.bridge == bridge } }
        try record.save()
        let withoutIPv6: [Failure]
        do throws(Failure) {
            withoutIPv6 = try workshop.apply(decision.report.changes)
        } catch {
            try before.save()
            throw error
        }
        for bridge in decision.gone { record.remove(bridge) }
        let live = LiveRules(
            workshop, readsIptables: !decision.planner.footing.iptables.isEmpty)
        for var entry in decision.entries {
            var seen = ObservedNetwork()
            live.look(at: entry.wanted.bridge, &seen)
            entry.firewall = applied(entry, seen, decision.planner)
            entry.isWhole = true
            record.put(entry)
        }
        try record.save()
        if record.networks.isEmpty {
            try SmallFile.remove(Paths.networkUp)
        } else if !SmallFile.exists(Paths.networkUp) {
            try SmallFile.replace(Paths.networkUp, with: [])
        }
        report.warnings += withoutIPv6.map { "IPv6 is not all there: \($0)" }
        return report
    }

    borrowing func applied(
        _ entry: Record.Entry, _ seen: ObservedNetwork, _ planner: Planner
    ) -> Record.AppliedFirewall? {
        guard let dialect = planner.dialect(for: entry.wanted),
            let found = Planner.found(seen, dialect)
        else { return nil }
        let rules = FirewallRules(entry.wanted, dnsPort: entry.dnsPort)
        return .init(dialect: dialect, said: planner.said(rules, entry.wanted), found: found)
    }

    /// A record made up from the settings, where there is none.
    borrowing func fromSettings() throws -> Record {
        let files = SettingsFiles.read()
        let observer = try observer(record: nil, files)
        let wanted = Wanted(files, observer.facts)
        var record = Record()
        for network in wanted.networks {
            record.put(
                Record.Entry(
                    wanted: network, madeBridge: observer.footing.isStockUp, firewall: nil,
                    dnsPort: network.dns.port, configurationDigest: nil, isWhole: false))
        }
        return record
    }
}
