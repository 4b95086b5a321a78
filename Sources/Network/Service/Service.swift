internal import HostPaths
internal import Identity
internal import JSONOutput
package import Linux

/// The commands of berth-net: each observes the host, plans the changes, and makes them.
package struct Service: ~Copyable {
    let tools: HostTools
    package var restartsDnsmasq = false
    /// Whether `berth-net run` maintains the networks: then it releases leases, after a while.
    package var isSupervised = false

    package static func open() throws(Failure) -> Service {
        guard isRoot else { throw Failure("only root can do this: run it as root") }
        return Service(tools: try HostTools.open())
    }

    /// What a command found, planned and, unless it only plans, changed.
    package struct Report: Sendable {
        package var changes: [Change] = []
        package var warnings: [String] = []
        /// Failures of changes that the rest does not depend on.
        package var failures: [FailedChange] = []
        package var switchedOff: [SettingLocation] = []
        package var networks: [DesiredNetwork] = []
    }

    /// Every problem of the settings, in one error.
    package struct Refusal: Error, CustomStringConvertible {
        package let problems: [SettingsError]
        package var description: String {
            problems.map(\.description).joined(separator: "\n")
        }
    }

    /// Checks whether `start` would succeed.
    package borrowing func check() throws -> Report {
        var plan = try startPlan()
        try verify(&plan)
        return plan.report
    }

    /// Plans what `start` or `reload` would change.
    package borrowing func plan() throws -> Report {
        try startPlan().report
    }

    private borrowing func startPlan(takenPorts: [BridgeName: String] = [:]) throws -> Plan {
        let (record, warnings) = try recordForStart()
        var plan = try planFromSettings(record, takenPorts: takenPorts)
        plan.report.warnings = warnings + plan.report.warnings
        return plan
    }

    package borrowing func status() throws(Failure) -> HostNetworkStatus {
        let status = HostNetworkStatus.observe()
        if let failure = status.failure ?? status.recordFailure { throw Failure(failure) }
        return status
    }

    /// Creates the networks in the settings, updates existing ones, takes over lxc-net's network,
    /// and completes an interrupted start.
    /// - Parameter announce: receives each warning before anything changes.
    package borrowing func start(announce: (String) -> Void) throws -> Report {
        let lock = try lock()
        defer { lock.release() }
        // If this fails, the plan has a warning with the reason.
        _ = try? IdentityKey.loadOrCreate()
        var takenPorts: [BridgeName: String] = [:]
        var announced: [String] = []
        while true {
            var plan = try startPlan(takenPorts: takenPorts)
            try verify(&plan, beforeApplying: true)
            for warning in plan.report.warnings where !announced.contains(warning) {
                announce(warning)
                announced.append(warning)
            }
            plan.report.warnings = []
            do {
                var (report, record) = try apply(plan) { $0.isOptional }
                report.warnings += leaseWarnings(of: record) + staticEntryWarnings(of: record)
                return report
            } catch let failure as ApplyFailure {
                // Try again without DNS, as if the port had been taken before.
                guard let port = failure.takenPort, takenPorts[port.bridge] == nil else {
                    // Report the failure as `check` does, with its advice.
                    if !failure.leavesChanges { try verify(&plan) }
                    throw failure
                }
                takenPorts[port.bridge] = port.holder
            }
        }
    }

    /// Restores what was created and has been lost since. It does not read the settings, which may
    /// be half edited. A change that fails does not prevent the others.
    package borrowing func reconcile() throws -> Report {
        let lock = try lock()
        defer { lock.release() }
        guard let record = try Record.load() else { return Report() }
        let facts = try HostFacts.observe(tools, record)
        // lxc-usernet may have changed: a line with ipfilter takes effect at once.
        let networks = record.networks.map { entry in
            var network = entry.desired
            network.filtersAddresses =
                facts.filteredBridges.contains(network.bridge) && !network.dhcp.isDisabled
            return network
        }
        let plan = try plan(for: networks, record, facts, keepsConfiguration: true)
        return try apply(plan) { _ in true }.report
    }

    /// Removes what the record names.
    /// - Parameter sparingNetworksInUse: whether networks with containers are left unchanged.
    package borrowing func stop(sparingNetworksInUse: Bool = false) throws -> Report {
        let lock = try lock()
        defer { lock.release() }
        var report = Report()
        var record: Record
        do {
            guard let found = try Record.load(), !found.networks.isEmpty || !found.left.isEmpty
            else {
                try Record().save()
                report.changes = try removeAddressFilter(&report)
                guard !SmallFile.exists(Paths.networkUp) else {
                    throw Failure(
                        "lxc-net's network is up, not berth-net's: stop it with lxc-net's script, "
                            + "or first run berth-net start, which takes it over")
                }
                return report
            }
            record = found
        } catch Record.FileError.corrupted {
            report.warnings.append(
                "\(Paths.networkRecord) cannot be parsed: only the networks that the settings name "
                    + "are removed")
            record = try recordFromSettings()
        }
        let facts = try HostFacts.observe(tools, record)
        record = record.matching(facts)
        let observer = try Observer(tools, facts, record: record, networks: [])
        var changes: [Change] = []
        var removed: [BridgeName] = []
        let bridges = record.networks.map(\.desired.bridge)
        for entry in record.networks {
            let observed = try observer.observe(entry.desired, record: entry)
            if sparingNetworksInUse, !observed.ports.isEmpty {
                report.networks.append(entry.desired)
                continue
            }
            changes += Planner(observer.capabilities).removal(of: entry, from: observed)
            let network = RemovedNetwork(entry: entry, observed: observed)
            report.warnings += network.warnings
            record.remove(entry.desired.bridge, isInUse: network.isInUse)
            removed.append(entry.desired.bridge)
        }
        for bridge in record.left.map(\.bridge) where facts.ports(of: bridge).isEmpty {
            let deletion = facts.interface(named: bridge).flatMap {
                Change.deletion(of: bridge, $0)
            }
            changes += [deletion].compactMap { $0 }
            record.left.removeAll { $0.bridge == bridge }
        }
        let host = HostPlan(
            for: report.networks, ObservedHost(facts, record.host, bridges: bridges), record.host)
        let reserved = ReservedAddresses(of: report.networks)
            .change(from: try observedReservedAddresses())
        changes = host.disabling + changes + [reserved].compactMap { $0 }
        report.warnings += host.warnings
        record.host = record.host.after(changes, besides: bridges)
        changes += addressFilterRemoval(observer.rules, facts, for: report.networks, &report)
        if report.networks.isEmpty { record.host.addressFilter = nil }
        let (made, failed) = try tools.apply(changes) { _ in true }
        report.changes = made
        guard failed.isEmpty else {
            throw Failure(failed.map(\.failure.description).joined(separator: "\n"))
        }
        for bridge in removed { try DnsmasqPaths.removeRuntimeFiles(of: bridge) }
        // Last: as long as the record exists, `stop` can be repeated.
        if record.networks.isEmpty { try SmallFile.remove(Paths.networkUp) }
        try record.save()
        return report
    }
}

extension Service.Report {
    private struct Line: Encodable {
        let sign: String
        let change: String
    }

    private struct Document: Encodable {
        let changes: [Line]
        let warnings: [String]
    }

    package var json: String {
        let document = Document(
            changes: changes.map { Line(sign: $0.sign, change: $0.sentence) }, warnings: warnings)
        return jsonText(document, escapesSlashes: true)
    }
}
