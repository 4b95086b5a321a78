internal import HostPaths
internal import Linux

extension Service {
    borrowing func lock() throws -> FileLock {
        try StateDirectory.create(Paths.lxcRuntime)
        let lock: FileLock?
        do { lock = try FileLock.acquire(Paths.networkLock, atMost: 30_000) } catch {
            throw Failure("cannot lock \(Paths.networkLock): \(error)")
        }
        guard let lock else {
            throw Failure(
                "another berth-net has held \(Paths.networkLock) for 30 s: wait for it, or end it")
        }
        return lock
    }

    /// Records the plan, makes its changes, and records the result. If berth-net is killed in
    /// between, the record names everything: `stop` removes it, and `start` continues.
    /// - Parameter isDispensable: whether the other changes are kept if this one fails.
    borrowing func apply(
        _ plan: Plan, isDispensable: (Change) -> Bool
    ) throws -> Report {
        var report = plan.report
        guard !report.networks.isEmpty || !plan.removed.isEmpty else { return report }
        let before = plan.record
        var record = before
        let isSettled =
            plan.report.changes.isEmpty
            && before.networks.allSatisfy(\.isComplete)
            && before.networks.map(\.desired) == plan.entries.map(\.desired)
        if isSettled, SmallFile.exists(Paths.networkUp) { return report }
        do throws(Failure) { try plan.facts.saveSeed() } catch {
            report.warnings.append("\(error), so the IPv6 range will change at the next start")
        }
        record.replacesStock = plan.facts.isLXCNetUp
        for entry in plan.entries { record.update(entry) }
        record.left.removeAll { bridge in plan.entries.contains { $0.desired.bridge == bridge } }
        try record.save()
        let (made, failed): ([Change], [FailedChange])
        do throws(ApplyFailure) {
            (made, failed) = try tools.apply(plan.report.changes, isDispensable: isDispensable)
        } catch {
            // An error in saving must not hide this one.
            try? before.save()
            throw error
        }
        for network in plan.removed { record.remove(network) }
        let rules = try LiveRules(
            tools, readsIptables: !plan.planner.capabilities.iptables.isEmpty)
        for var entry in plan.entries {
            let bridge = entry.desired.bridge
            // An incomplete set of rules is not recorded, so that the next plan replaces it.
            entry.firewall =
                failed.contains { $0.change.isFirewall(of: bridge) }
                ? nil : appliedFirewall(entry, rules, plan.planner)
            entry.isComplete = true
            record.update(entry)
        }
        record.replacesStock = false
        if record.networks.isEmpty { try SmallFile.remove(Paths.networkUp) }
        try record.save()
        if !record.networks.isEmpty, !SmallFile.exists(Paths.networkUp) {
            try SmallFile.replace(Paths.networkUp, with: [])
        }
        report.changes = made
        report.failures = failed.map(\.failure.description)
        return report
    }

    private borrowing func appliedFirewall(
        _ entry: Record.Entry, _ live: LiveRules, _ planner: Planner
    ) -> Record.AppliedFirewall? {
        var observed = ObservedNetwork()
        live.observe(entry.desired.bridge, into: &observed)
        guard let dialect = planner.dialect(for: entry.desired),
            let digest = Planner.observedDigest(observed, dialect)
        else { return nil }
        let rules = planner.rules(of: entry.desired, dnsPort: entry.dnsPort)
        return .init(
            dialect: dialect, rendered: planner.renderedDigest(rules, entry.desired),
            observed: digest)
    }

    /// Builds a record from the settings, in place of one that cannot be parsed.
    borrowing func recordFromSettings() throws -> Record {
        // Settings with problems would name only some of the networks, and the others would remain.
        let (state, facts) = try desiredState(nil)
        var record = Record()
        for network in state.networks {
            record.update(
                Record.Entry(
                    desired: network, madeBridge: facts.isLXCNetUp, firewall: nil,
                    dnsPort: network.dns.port, configurationDigest: nil, isComplete: false))
        }
        return record
    }
}
