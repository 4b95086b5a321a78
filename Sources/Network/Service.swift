internal import Linux

/// The verbs: each looks, decides, and does.
package struct Service: ~Copyable {
    let workshop: Workshop
    /// Whether dnsmasq shall start anew even if nothing has changed for it.
    package var restartsDnsmasq = false

    package static func open() throws(Failure) -> Service {
        guard isRoot else { throw Failure("only root can do that: become root") }
        return Service(workshop: try Workshop.open())
    }

    /// What was found, decided and, unless it was only asked for, done.
    package struct Report: Sendable {
        package var changes: [Change] = []
        package var warnings: [String] = []
        /// Places of the settings that switch a network off.
        package var switchedOff: [Place] = []
        package var networks: [WantedNetwork] = []
    }

    /// Everything that stands in the way, all of it at once.
    package struct Refusal: Error, CustomStringConvertible {
        package let problems: [Misconfiguration]
        package var description: String {
            problems.map(\.description).joined(separator: "\n")
        }
    }

    /// Only looks whether the settings are right.
    package borrowing func check() throws -> Report {
        let observer = try observer(record: try? Record.load(), SettingsFiles.read())
        let wanted = Wanted(SettingsFiles.read(), observer.facts)
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
                "\(Paths.record) cannot be understood and is written anew: what the settings no "
                    + "longer name may be left over")
            record = nil
        }
        var decision = try decide(record)
        decision.report.warnings = warnings + decision.report.warnings
        return try carryOut(decision)
    }

    /// Brings back what was made and has been lost since, without a look at the settings: they may be
    /// half-way through somebody's editor.
    package borrowing func mend() throws -> Report {
        let run = try exclusiveRun()
        defer { run.end() }
        guard let record = try Record.load() else { return Report() }
        let observer = try observer(record: record, readsIptables: Self.usesIptables(record))
        let decision = try decide(
            record, observer, networks: record.networks.map(\.wanted), warnings: [])
        return try carryOut(decision)
    }

    /// Undoes what the record tells of.
    /// - Parameter sparingPorts: whether networks with containers stay as they are.
    package borrowing func stop(sparingPorts: Bool = false) throws -> Report {
        let run = try exclusiveRun()
        defer { run.end() }
        var report = Report()
        var record: Record
        do {
            guard let found = try Record.load(), !found.networks.isEmpty else {
                guard !SmallFile.exists(Paths.networkUp) else {
                    throw Failure(
                        "lxc-net itself is up here and not berth-net: stop it with its own script, "
                            + "or let berth-net start take it over first")
                }
                return report
            }
            record = found
        } catch Record.Trouble.corrupted {
            report.warnings.append(
                "\(Paths.record) cannot be understood: what the settings name is removed, and "
                    + "nothing else")
            record = (try? fromSettings()) ?? Record()
        }
        let observer = try observer(record: record, readsIptables: Self.usesIptables(record))
        let planner = Planner(observer.footing)
        var failures: [Failure] = []
        for entry in record.networks {
            let bridge = entry.wanted.bridge
            let seen = try observer.network(bridge, wanted: entry.wanted, record: entry)
            if sparingPorts, !seen.ports.isEmpty {
                report.networks.append(entry.wanted)
                continue
            }
            let changes = planner.removal(of: entry, from: seen)
            failures += workshop.applyAll(changes)
            report.changes += changes
            if !seen.ports.isEmpty {
                report.warnings.append(
                    "\(bridge) stays, without address and rules: it has containers on it ("
                        + seen.ports.map(\.name.description).joined(separator: ", ") + ")")
            }
            record.remove(bridge)
            if entry.madeBridge, !seen.ports.isEmpty { record.left.append(bridge) }
        }
        guard failures.isEmpty else {
            throw Failure(failures.map(\.description).joined(separator: "\n"))
        }
        try record.save()
        if record.networks.isEmpty { try SmallFile.remove(Paths.networkUp) }
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
        return String(decoding: encoded(document, pretty: true), as: UTF8.self)
    }
}
