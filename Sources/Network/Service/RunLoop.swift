internal import HostPaths
internal import Linux
internal import Netlink

/// `berth-net run`: brings the networks up, and restores what they lose, in the foreground.
package enum RunLoop {
    /// Returns after SIGTERM.
    /// - Parameter supervisor: the socket for sd_notify(3) messages, if there is one.
    /// - Parameter pipe: the supervisor's descriptor, to which a line is written when the networks
    ///   are up.
    package static func run(
        notifying supervisor: String?, readyOn pipe: Int32?, log: (String) -> Void
    ) throws {
        let readiness = try pipe.map(ReadinessPipe.take)
        let signals = try ServiceSignals.take()
        var service = try Service.open()
        service.isSupervised = true
        let monitor = try NetlinkMonitor.ofInterfaces()
        let losses = try NetlinkMonitor.ofLostRules()
        // inotify(7)
        var names = FileWatch(of: Paths.hosts)
        var policy = FileWatch(of: Paths.usernet)
        var filter = AddressFilterKeeper()
        var entries = StaticEntryKeeper()
        var warnings = LoggedWarnings()
        report(try service.start { warnings.log($0, log) }, log)
        let marker = try RunMarker.set()
        defer { _ = marker }
        notifySupervisor(at: supervisor, "READY=1\nSTATUS=the networks are up")
        readiness?.signalReady()
        var backoff = ReconcileBackoff()
        var leases = LeaseKeeper()
        leases.schedule(at: monotonicMilliseconds())
        entries.schedule(at: monotonicMilliseconds())
        while true {
            // The exit of a dnsmasq wakes the loop, too, unless a check is scheduled already.
            let servers = backoff.awaitsCheck ? [] : try service.servers()
            let (files, now) = (leases.pollDescriptors, monotonicMilliseconds())
            let ready = try awaitReadable(
                [
                    signals.pollDescriptor, monitor.pollDescriptor, losses.pollDescriptor,
                    names.pollDescriptor, policy.pollDescriptor,
                ] + files + servers.map(\.pollDescriptor),
                atMost: min(
                    backoff.wait(from: now), leases.wait(from: now) ?? .max,
                    filter.wait(from: now) ?? .max, entries.wait(from: now) ?? .max))
            if ready[0] {
                while let order = signals.next() {
                    switch order {
                    case .terminate: return try end(service, supervisor, log)
                    case .reload: reload(service, supervisor, &warnings, log)
                    }
                }
            }
            let hasChanged = ready[1] && monitor.drain()
            let hasLostRules = ready[2] && losses.drain()
            let hasNewNames = ready[3] && names.drain()
            let hasNewPolicy = ready[4] && policy.drain()
            let hasNewLeases = leases.drain(ready[5..<5 + files.count])
            if hasChanged || hasNewNames || hasNewLeases {
                leases.schedule(at: monotonicMilliseconds())
            }
            if hasChanged { entries.schedule(at: monotonicMilliseconds()) }
            if hasNewLeases { filter.schedule(at: monotonicMilliseconds()) }
            if hasChanged || hasLostRules || hasNewNames || hasNewPolicy
                || ready[(5 + files.count)...].contains(true)
            {
                backoff.schedule(at: monotonicMilliseconds())
            }
            filter.update(service, at: monotonicMilliseconds())
            leases.update(service, at: monotonicMilliseconds(), log)
            entries.update(service, at: monotonicMilliseconds())
            if backoff.isDue(at: monotonicMilliseconds()) {
                reconcile(service, &backoff, &warnings, log)
            }
        }
    }

    private static func report(_ report: Service.Report, _ log: (String) -> Void) {
        for warning in report.warnings { log("warning: \(warning)") }
        for change in report.changes { log(change.description) }
        for failure in report.failures { log("\(failure)") }
        for place in report.switchedOff {
            log("a network is switched off by USE_LXC_BRIDGE in \(place)")
        }
    }

    private static func reload(
        _ service: borrowing Service, _ supervisor: String?, _ warnings: inout LoggedWarnings,
        _ log: (String) -> Void
    ) {
        notifySupervisor(
            at: supervisor, "RELOADING=1\nMONOTONIC_USEC=\(monotonicMilliseconds() * 1000)")
        // Invalid settings leave the networks unchanged.
        warnings = LoggedWarnings()
        do { report(try service.start { warnings.log($0, log) }, log) } catch {
            log("not reloaded: \(error)")
        }
        notifySupervisor(at: supervisor, "READY=1")
    }

    private static func reconcile(
        _ service: borrowing Service, _ backoff: inout ReconcileBackoff,
        _ warnings: inout LoggedWarnings, _ log: (String) -> Void
    ) {
        do {
            let report = try service.reconcile()
            for warning in report.warnings { warnings.log(warning, log) }
            for change in report.changes {
                let repetitions = change.isUrgent ? backoff.count(of: change.finding) : 0
                guard repetitions <= ReconcileBackoff.loggedRepetitions else { continue }
                log("restored: \(change)")
                if repetitions == ReconcileBackoff.loggedRepetitions {
                    log(
                        "warning: another program seems to undo this change each time: further "
                            + "repetitions are not logged")
                }
            }
            for failure in report.failures { log("not restored: \(failure.failure)") }
            backoff.checked(
                at: monotonicMilliseconds(),
                finding: report.changes.map(\.finding) + report.failures.map(\.failure.description),
                urgent: Set(report.changes.filter(\.isUrgent).map(\.finding)))
        } catch {
            log("\(error)")
            backoff.checked(at: monotonicMilliseconds(), finding: ["\(error)"])
        }
    }

    /// Leaves networks with containers unchanged, with their rules and their dnsmasq. The next
    /// `berth-net run` takes them over, and no packet is lost.
    private static func end(
        _ service: borrowing Service, _ supervisor: String?, _ log: (String) -> Void
    ) throws {
        notifySupervisor(at: supervisor, "STOPPING=1")
        let report = try service.stop(sparingNetworksInUse: true)
        for network in report.networks {
            log("\(network.bridge) remains: containers are attached to it")
        }
    }

    /// Logs each warning once, until the networks are reloaded.
    struct LoggedWarnings {
        private var logged: Set<String> = []

        mutating func log(_ warning: String, _ log: (String) -> Void) {
            if logged.insert(warning).inserted { log("warning: \(warning)") }
        }
    }

    /// A dnsmasq, held by a descriptor (pidfd_open(2)) that becomes readable when it exits. There
    /// is no SIGCHLD: dnsmasq is a daemon, and not a child of this process.
    final class Server {
        private let process: PIDFD
        init(_ process: consuming PIDFD) { self.process = process }
        var pollDescriptor: Int32 { process.pollDescriptor }
    }
}

extension Service {
    /// The dnsmasq processes of the networks that are up.
    fileprivate borrowing func servers() throws -> [RunLoop.Server] {
        guard let record = try? Record.load() else { return [] }
        return try record.networks.compactMap {
            guard let process = try DnsmasqProcess.find($0.desired.bridge, searching: false) else {
                return nil
            }
            return RunLoop.Server(process)
        }
    }
}
