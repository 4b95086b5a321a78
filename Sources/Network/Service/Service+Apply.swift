internal import HostPaths
internal import Linux

extension Service {
    /// The lock that `start`, `stop`, `reload` and `run` hold for changes (flock(2)).
    borrowing func lock() throws -> FileLock {
        try StateDirectory.create(Paths.lxcRuntime)
        let lock: FileLock?
        do { lock = try FileLock.acquire(Paths.networkLock, atMost: 30_000) } catch {
            throw Failure("cannot lock \(Paths.networkLock): \(error)")
        }
        guard let lock else {
            throw Failure(
                "another berth-net has held \(Paths.networkLock) for 30 s: wait for it, or "
                    + "terminate it")
        }
        return lock
    }

    /// Records the plan, makes its changes, and records the result, as with a write-ahead log. If
    /// berth-net is killed in between, the record names everything: `stop` removes it, and `start`
    /// continues.
    /// - Parameter isOptional: whether the other changes are kept if this one fails.
    borrowing func apply(
        _ plan: Plan, isOptional: (Change) -> Bool
    ) throws -> (report: Report, record: Record) {
        var report = plan.report
        let before = plan.record
        guard !report.networks.isEmpty || !plan.removed.isEmpty else { return (report, before) }
        // A failure to save them matters only if the firewall is flushed before the next attempt.
        if let claims = plan.addressClaims { try? AddressClaim.save(claims) }
        let isSettled =
            plan.report.changes.isEmpty && plan.removed.isEmpty
            && plan.record(after: [], isComplete: true) == before
            && before.isListed(by: plan.planner.capabilities.ruleTools)
        if isSettled, SmallFile.exists(Paths.networkUp) { return (report, before) }
        do throws(Failure) { try RandomSeed.save(plan.facts.seed) } catch {
            report.warnings.append("\(error), so the IPv6 range will change at the next start")
        }
        var record = plan.record(after: plan.report.changes, isComplete: false)
        record.replacesStock = plan.facts.isLXCNetUp
        try record.save()
        let (made, failed): ([Change], [FailedChange])
        var rules: LiveRules?
        do throws(ApplyFailure) {
            (made, failed) = try tools.apply(plan.report.changes, isOptional: isOptional) {
                rules = try? liveRules(plan)
            }
        } catch {
            // What could not be undone remains in the record. An error while saving must not hide
            // this one.
            if !error.leavesChanges { try? before.save() }
            throw error
        }
        record = plan.record(after: made, isComplete: true)
        record.replacesStock = false
        for network in plan.removed {
            let bridge = network.entry.desired.bridge
            record.remove(bridge, isInUse: network.isInUse)
            try DnsmasqPaths.removeRuntimeFiles(of: bridge)
        }
        try complete(&record, plan, rules ?? liveRules(plan), failed)
        if record.networks.isEmpty { try SmallFile.remove(Paths.networkUp) }
        try record.save()
        if !record.networks.isEmpty, !SmallFile.exists(Paths.networkUp) {
            try SmallFile.replace(Paths.networkUp, with: [])
        }
        report.changes = made
        report.failures = failed
        return (report, record)
    }

    /// Adds what is known only after the changes: the indexes of new bridges, and the rules as the
    /// tools list them.
    private borrowing func complete(
        _ record: inout Record, _ plan: Plan, _ rules: LiveRules, _ failed: [FailedChange]
    ) throws {
        record.host.addressFilter =
            failed.contains(where: \.change.isAddressFilter)
            ? nil
            : plan.addressFilter.flatMap { filter in
                rules.nft?[AddressFilter.table].map {
                    .init(
                        rendered: filter.digest, RuleListing($0),
                        plan.planner.capabilities.ruleTools)
                }
            }
        for network in plan.networks {
            let bridge = network.desired.bridge
            guard var entry = record[bridge] else { continue }
            // An incomplete set of rules is not recorded, so that the next plan replaces it.
            entry.firewall =
                failed.contains { $0.change.isFirewall(of: bridge) }
                ? nil : appliedFirewall(entry, rules, plan.planner)
            entry.tunnelGuard =
                failed.contains { $0.change.isFirewall(of: bridge) }
                ? nil
                : TunnelGuard(network.desired).flatMap { tunnelGuard in
                    rules.nft?[TunnelGuard.table(of: bridge)].map {
                        .init(
                            rendered: tunnelGuard.digest, RuleListing($0),
                            plan.planner.capabilities.ruleTools)
                    }
                }
            if entry.bridgeIndex == nil {
                entry.bridgeIndex = try tools.socket.interface(named: bridge.interface)?
                    .index.number
            }
            record.update(entry)
        }
    }

    private borrowing func liveRules(_ plan: Plan) throws(Failure) -> LiveRules {
        try LiveRules(tools, readsIptables: !plan.planner.capabilities.iptables.isEmpty)
    }

    private borrowing func appliedFirewall(
        _ entry: Record.Entry, _ live: LiveRules, _ planner: Planner
    ) -> Record.AppliedFirewall? {
        var observed = ObservedNetwork()
        live.observe(entry.desired.bridge, into: &observed)
        guard let dialect = planner.dialect(for: entry.desired),
            let listing = Planner.listing(observed, dialect)
        else { return nil }
        let rules = planner.rules(of: entry.desired, dnsPort: entry.dnsPort)
        return .init(
            rendered: planner.renderedDigest(rules, entry.desired), listing,
            planner.capabilities.ruleTools)
    }

    /// Builds a record from the settings, in place of one that cannot be parsed.
    borrowing func recordFromSettings() throws -> Record {
        // Settings with problems would name only some of the networks, and the others would remain.
        let (state, facts) = try desiredState(nil)
        var record = Record()
        for network in state.networks {
            let origin = facts.isLXCNetUp ? Origin.takenOver : .unknown
            record.update(
                Record.Entry(
                    desired: network, bridge: origin,
                    addresses: network.addresses.map { .init(address: $0, origin: origin) },
                    dnsPort: network.dns.port, isComplete: false))
        }
        return record
    }
}
