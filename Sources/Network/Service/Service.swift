internal import HostPaths
internal import JSONOutput
internal import Linux

/// The verbs: each looks, decides, and does.
package struct Service: ~Copyable {
    let tools: HostTools
    /// Whether dnsmasq shall start anew even if nothing has changed for it.
    package var restartsDnsmasq = false

    package static func open() throws(Failure) -> Service {
        guard isRoot else { throw Failure("only root can do that: become root") }
        return Service(tools: try HostTools.open())
    }

    /// What was found, decided and, unless it was only asked for, done.
    package struct Report: Sendable {
        package var changes: [Change] = []
        package var warnings: [String] = []
        /// What did not work, and was no reason to undo the rest.
        package var failures: [String] = []
        /// Places of the settings that switch a network off.
        package var switchedOff: [Place] = []
        package var networks: [DesiredNetwork] = []
    }

    /// Everything that stands in the way, all of it at once.
    package struct Refusal: Error, CustomStringConvertible {
        package let problems: [SettingsError]
        package var description: String {
            problems.map(\.description).joined(separator: "\n")
        }
    }

    /// Only looks whether the settings are right.
    package borrowing func check() throws -> Report {
        let observer = try observer(record: try? Record.load(), SettingsFiles.read())
        let wanted = DesiredState(SettingsFiles.read(), observer.facts)
        guard wanted.problems.isEmpty else { throw Refusal(problems: wanted.problems) }
        return Report(
            warnings: wanted.warnings, switchedOff: wanted.switchedOff, networks: wanted.networks)
    }

    /// What `start` or `reload` would change.
    package borrowing func plan() throws -> Report { try decide(try? Record.load()).report }

    /// Brings about what the settings say: from nothing, from a former state, from lxc-net's, or from
    /// what was left half-way.
    package borrowing func start() throws -> Report {
        let run = try exclusiveRun()
        defer { run.end() }
        var warnings: [String] = []
        let record: Record?
        do { record = try Record.load() } catch .corrupted {
            warnings.append(
                "\(Paths.networkRecord) cannot be understood and is written anew: what the settings no "
                    + "longer name may be left over")
            record = nil
        }
        var decision = try decide(record)
        decision.report.warnings = warnings + decision.report.warnings
        return try carryOut(decision) { $0.isAboutIPv6 }
    }

    /// Brings back what was made and has been lost since, without a look at the settings: they may be
    /// half-way through somebody's editor. What can be brought back is, whatever else cannot.
    package borrowing func mend() throws -> Report {
        let run = try exclusiveRun()
        defer { run.end() }
        guard let record = try Record.load() else { return Report() }
        let observer = try observer(record: record, readsIptables: Self.usesIptables(record))
        let decision = try decide(
            record, observer, networks: record.networks.map(\.wanted), readsSettings: false)
        return try carryOut(decision) { _ in true }
    }

    /// Undoes what the record tells of.
    /// - Parameter sparingPorts: whether networks with containers stay as they are.
    package borrowing func stop(sparingPorts: Bool = false) throws -> Report {
        let run = try exclusiveRun()
        defer { run.end() }
        var report = Report()
        var record: Record
        do {
            guard let found = try Record.load(), !found.networks.isEmpty || !found.left.isEmpty
            else {
                try Record().save()
                guard !SmallFile.exists(Paths.networkUp) else {
                    throw Failure(
                        "lxc-net itself is up here and not berth-net: stop it with its own script, "
                            + "or let berth-net start take it over first")
                }
                return report
            }
            record = found
        } catch Record.FileError.corrupted {
            report.warnings.append(
                "\(Paths.networkRecord) cannot be understood: what the settings name is removed, and "
                    + "nothing else")
            record = try fromSettings()
        }
        let observer = try observer(record: record, readsIptables: Self.usesIptables(record))
        var changes: [Change] = []
        var gone: [BridgeName] = []
        for entry in record.networks {
            let bridge = entry.wanted.bridge
            let seen = try observer.network(bridge, wanted: entry.wanted, record: entry)
            if sparingPorts, !seen.ports.isEmpty {
                report.networks.append(entry.wanted)
                continue
            }
            changes += Planner(observer.capabilities).removal(of: entry, from: seen)
            let removed = RemovedNetwork(entry: entry, ports: seen.ports)
            report.warnings += [removed.warning].compactMap { $0 }
            record.retire(entry, hasPorts: !seen.ports.isEmpty)
            gone.append(bridge)
        }
        for bridge in record.left where observer.facts.ports(of: bridge).isEmpty {
            changes += [
                observer.facts.interface(named: bridge).flatMap { .deletion(of: bridge, $0) }
            ]
            .compactMap { $0 }
            record.left.removeAll { $0 == bridge }
        }
        let (made, unmade) = try tools.apply(changes) { _ in true }
        report.changes = made
        guard unmade.isEmpty else {
            throw Failure(unmade.map(\.failure.description).joined(separator: "\n"))
        }
        for path in gone.flatMap({ DnsmasqFiles.remains(of: $0) }) { try SmallFile.remove(path) }
        // The record last: until it is gone, `stop` can be begun again.
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

    /// For programs.
    package var json: String {
        let document = Document(
            changes: changes.map { Line(sign: $0.sign, change: $0.sentence) }, warnings: warnings)
        return jsonText(document, escapesSlashes: true)
    }
}
