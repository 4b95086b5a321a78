internal import Linux
internal import Netlink

/// The service in the foreground, for a supervisor: it brings the networks up, sees when something of
/// them is taken away, and brings it back.
package enum RunLoop {
    /// Returns when told to end.
    /// - Parameter supervisor: the socket of the supervisor that wants to be told, if one does.
    /// - Parameter pipe: the number of a pipe to a supervisor that wants a line when all is up.
    /// - Parameter say: takes a line for the log.
    package static func run(
        telling supervisor: String?, readyOn pipe: Int32?, say: (String) -> Void
    ) throws {
        let readiness = try pipe.map(ReadinessPipe.take)
        let signals = try ServiceSignals.take()
        let service = try Service.open()
        let notices = try ChangeNotices.ofInterfaces()
        let losses = try ChangeNotices.ofLostRules()
        tell(try service.start(), say)
        notifySupervisor(at: supervisor, "READY=1\nSTATUS=the networks are up")
        readiness?.tell()
        var backoff = ReconcileBackoff()
        while true {
            // The ends of the dnsmasqs wake it too, until they have been looked at.
            let servers = backoff.awaitsLook ? [] : try service.servers()
            let ready = try awaitReadable(
                [signals.readiness, notices.readiness, losses.readiness]
                    + servers.map(\.readiness),
                atMost: backoff.wait(from: steadyClock()))
            if ready[0] {
                while let order = signals.next() {
                    switch order {
                    case .end: return try end(service, supervisor, say)
                    case .reload: reload(service, supervisor, say)
                    }
                }
            }
            let hasChanged = ready[1] && notices.drain()
            let hasLost = ready[2] && losses.drain()
            if hasChanged || hasLost || ready[3...].contains(true) {
                backoff.note(at: steadyClock())
            }
            if backoff.isDue(at: steadyClock()) { mend(service, &backoff, say) }
        }
    }

    private static func tell(_ report: Service.Report, _ say: (String) -> Void) {
        for warning in report.warnings { say("warning: \(warning)") }
        for change in report.changes { say(change.description) }
        for failure in report.failures { say("IPv6 is not all there: \(failure)") }
        for place in report.switchedOff { say("switched off by USE_LXC_BRIDGE in \(place)") }
    }

    private static func reload(
        _ service: borrowing Service, _ supervisor: String?, _ say: (String) -> Void
    ) {
        notifySupervisor(at: supervisor, "RELOADING=1\nMONOTONIC_USEC=\(steadyClock() * 1000)")
        // With settings that are wrong the networks stay as they are.
        do { tell(try service.start(), say) } catch { say("not reloaded: \(error)") }
        notifySupervisor(at: supervisor, "READY=1")
    }

    private static func mend(
        _ service: borrowing Service, _ backoff: inout ReconcileBackoff, _ say: (String) -> Void
    ) {
        do {
            let report = try service.mend()
            for change in report.changes { say("brought back: \(change)") }
            for failure in report.failures { say("not brought back: \(failure)") }
            backoff.looked(
                at: steadyClock(), finding: report.changes.map(\.description) + report.failures)
        } catch {
            say("\(error)")
            backoff.looked(at: steadyClock(), finding: ["\(error)"])
        }
    }

    /// A network with containers on it stays, with its rules and its dnsmasq: the next one to run
    /// takes them over, and nobody has lost a packet.
    private static func end(
        _ service: borrowing Service, _ supervisor: String?, _ say: (String) -> Void
    ) throws {
        notifySupervisor(at: supervisor, "STOPPING=1")
        let report = try service.stop(sparingPorts: true)
        for network in report.networks { say("\(network.bridge) stays: containers are on it") }
    }

    /// A dnsmasq, held so that its end is seen.
    final class Server {
        private let process: PIDFD
        init(_ process: consuming PIDFD) { self.process = process }
        var readiness: Int32 { process.readiness }
    }
}

extension Service {
    /// The dnsmasqs of the networks that are up.
    fileprivate borrowing func servers() throws -> [RunLoop.Server] {
        guard let record = try? Record.load() else { return [] }
        return try record.networks.compactMap {
            guard let process = try DnsmasqProcess.hold($0.wanted.bridge, searching: false) else {
                return nil
            }
            return RunLoop.Server(process)
        }
    }
}
