internal import HostPaths
internal import Linux

extension Service {
    borrowing func exclusiveRun() throws -> ExclusiveRun {
        try Directory.make(Paths.lxcRuntime)
        let run: ExclusiveRun?
        do { run = try ExclusiveRun.begin(Paths.networkLock, atMost: 30_000) } catch {
            throw Failure("cannot lock \(Paths.networkLock): \(error)")
        }
        guard let run else {
            throw Failure("another berth-net has been at work for 30 s: wait for it, or end it")
        }
        return run
    }

    /// Writes down what is begun, does it, and writes down what came of it. Whoever is killed in
    /// between leaves a record by which `stop` finds everything, and `start` goes on.
    /// - Parameter isDispensable: which changes are no reason to undo all others if they fail.
    borrowing func carryOut(
        _ decision: Decision, isDispensable: (Change) -> Bool
    ) throws -> Report {
        var report = decision.report
        guard !report.networks.isEmpty || !decision.gone.isEmpty else { return report }
        let before = decision.record
        var record = before
        let isSettled =
            decision.report.changes.isEmpty
            && before.networks.allSatisfy(\.isWhole)
            && before.networks.map(\.wanted) == decision.entries.map(\.wanted)
        if isSettled, SmallFile.exists(Paths.networkUp) { return report }
        do throws(Failure) { try decision.observer.keepSeed() } catch {
            report.warnings.append("\(error), so that IPv6 has another range after the next start")
        }
        record.replacesStock = decision.observer.capabilities.isStockUp
        for entry in decision.entries { record.put(entry) }
        record.left.removeAll { bridge in decision.entries.contains { $0.wanted.bridge == bridge } }
        try record.save()
        let (made, unmade): ([Change], [FailedChange])
        do throws(Failure) {
            (made, unmade) = try tools.apply(
                decision.report.changes, isDispensable: isDispensable)
        } catch {
            // What went wrong first is what is told.
            try? before.save()
            throw error
        }
        for removed in decision.gone {
            record.retire(removed.entry, hasPorts: !removed.ports.isEmpty)
        }
        let live = try LiveRules(
            tools, readsIptables: !decision.planner.capabilities.iptables.isEmpty)
        for var entry in decision.entries {
            let bridge = entry.wanted.bridge
            var seen = ObservedNetwork()
            live.look(at: bridge, &seen)
            // Rules of which a part is missing are not what was said: the next look says them again.
            entry.firewall =
                unmade.contains { $0.change.isFirewall(of: bridge) }
                ? nil : applied(entry, seen, decision.planner)
            entry.isWhole = true
            record.put(entry)
        }
        record.replacesStock = false
        if record.networks.isEmpty { try SmallFile.remove(Paths.networkUp) }
        try record.save()
        if !record.networks.isEmpty, !SmallFile.exists(Paths.networkUp) {
            try SmallFile.replace(Paths.networkUp, with: [])
        }
        report.changes = made
        report.failures = unmade.map(\.failure.description)
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
        let wanted = DesiredState(files, observer.facts)
        // By halves of the settings, half of what was made would stay and nobody know of it.
        guard wanted.problems.isEmpty else { throw Refusal(problems: wanted.problems) }
        var record = Record()
        for network in wanted.networks {
            record.put(
                Record.Entry(
                    wanted: network, madeBridge: observer.capabilities.isStockUp, firewall: nil,
                    dnsPort: network.dns.port, configurationDigest: nil, isWhole: false))
        }
        return record
    }
}
