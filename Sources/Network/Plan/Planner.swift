/// Computes the changes from the observed to the desired state. A pure function: `start`, `run` and
/// `plan` (a dry run) differ only in what they do with the result.
package struct Planner: Sendable {
    let capabilities: HostCapabilities
    /// All networks that the host has after the changes.
    let networks: [DesiredNetwork]
    /// Whether dnsmasq restarts even if nothing changes for it.
    let restartsDnsmasq: Bool

    package init(
        _ capabilities: HostCapabilities, networks: [DesiredNetwork] = [],
        restartsDnsmasq: Bool = false
    ) {
        self.capabilities = capabilities
        self.networks = networks
        self.restartsDnsmasq = restartsDnsmasq
    }

    /// The changes that create a network or update it.
    /// - Parameter foreign: the fixes that other programs' firewalls need.
    package func changes(
        to desired: DesiredNetwork, from observed: ObservedNetwork, record: Record.Entry?,
        foreign: [ForeignFirewall.Fix] = []
    ) -> [Change] {
        // A tunnel is closed before anything else changes, and opened last. The guard of one that
        // is open is restored first. The firewall rules and the port isolation come before the link
        // is brought up, because containers may already be attached to the bridge.
        var changes = tunnelRemoval(observed, of: desired.bridge, keeping: desired.tunnel)
        changes += uplinkRemoval(observed, record, keeping: desired.uplink)
        changes += tunnelGuard(desired, observed, record)
        changes += bridge(desired, observed, record) + portOptions(desired, observed, record)
        changes += isolation(desired.isolates, of: desired.bridge, observed, record)
        changes += firewall(desired, observed, record) + foreignChanges(desired, foreign, record)
        changes += addresses(desired, observed, record)
        changes += obsoleteAttributes(desired, observed, record)
        changes += tunnel(desired, observed) + uplink(desired, observed)
        if desired.tunnel == nil { changes += tunnelGuardRemoval(desired.bridge, observed) }
        return changes + dnsmasq(desired, observed, record) + hostDNS(desired, observed, record)
    }

    /// The changes that undo what the record names.
    package func removal(of record: Record.Entry, from observed: ObservedNetwork) -> [Change] {
        let bridge = record.desired.bridge
        var changes = uplinkRemoval(observed, record)
        changes += tunnelRemoval(observed, of: bridge) + tunnelGuardRemoval(bridge, observed)
        changes += hostDNSRemoval(record, observed)
        if let running = observed.dnsmasq {
            changes.append(.stopDnsmasq(bridge, running.arguments))
        }
        changes += fileRemoval(bridge, observed)
        changes += record.foreignFixes.map { .revertFix(bridge, $0) }
        return changes + Self.closing(record, observed) + firewallRemoval(bridge, observed)
            + bridgeRemoval(record, observed)
    }

    private func foreignChanges(
        _ desired: DesiredNetwork, _ fixes: [ForeignFirewall.Fix], _ record: Record.Entry?
    ) -> [Change] {
        desired.firewall.fixesForeign
            ? fixes.map { .applyFix(desired.bridge, $0) }
            : (record?.foreignFixes ?? []).map { .revertFix(desired.bridge, $0) }
    }
}
