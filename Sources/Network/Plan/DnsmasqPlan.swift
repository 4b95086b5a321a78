extension Planner {
    /// The port on which the network's dnsmasq can serve DNS; 0 if another program holds it.
    package func dnsPort(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> UInt16 {
        observed.nameServerPortHolder == nil ? desired.dns.port : 0
    }

    package func configuration(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork
    ) -> DnsmasqConfiguration {
        var configuration = DnsmasqConfiguration(
            network: desired, dnsPort: dnsPort(desired, observed),
            user: capabilities.dnsmasqAccount, nameServers: capabilities.nameServers)
        configuration.bindsInterfaces = observed.bindsInterfaces
        configuration.servesHostNames = !observed.omitsHostNames
        configuration.ignoresClientIDs = capabilities.dnsmasqFeatures.ignoresClientIDs
        return configuration
    }

    /// The changes to the files that dnsmasq reads, then those to dnsmasq itself.
    func dnsmasq(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = desired.bridge
        guard capabilities.hasDnsmasq else { return [] }
        let configuration = configuration(desired, observed)
        guard configuration.servesAnything else {
            let running = observed.dnsmasq.map { [Change.stopDnsmasq(bridge, $0.arguments)] }
            return (running ?? []) + fileRemoval(bridge, observed)
        }
        let words = configuration.arguments
        let reservations =
            desired.dhcp.isDisabled ? nil : DnsmasqConfiguration.reservations(desired)
        let names =
            configuration.dnsPort == 0 || !configuration.servesHostNames
            ? nil : capabilities.hostNames.file(for: desired)
        var changes: [Change] = []
        if observed.reservations != reservations {
            changes.append(
                .writeReservations(bridge, from: observed.reservations, to: reservations))
        }
        if observed.hostNames != names {
            changes.append(.writeHostNames(bridge, from: observed.hostNames, to: names))
        }
        guard let running = observed.dnsmasq else {
            return changes + [.startDnsmasq(bridge, words)]
        }
        let hasNewConfiguration =
            record.map { $0.configurationDigest != observed.configurationDigest } ?? false
        // With bind-interfaces, dnsmasq is bound only to the addresses that existed when it
        // started.
        let losesAddress =
            observed.bindsInterfaces
            && desired.addresses.contains { !observed.addresses.contains($0) }
        if running.arguments != words || hasNewConfiguration || losesAddress || restartsDnsmasq {
            changes.append(.restartDnsmasq(bridge, from: running.arguments, to: words))
        } else if !changes.isEmpty {
            changes.append(.rereadFiles(bridge))
        }
        return changes
    }

    func fileRemoval(_ bridge: BridgeName, _ observed: ObservedNetwork) -> [Change] {
        [
            observed.reservations.map { .writeReservations(bridge, from: $0, to: nil) },
            observed.hostNames.map { .writeHostNames(bridge, from: $0, to: nil) },
        ].compactMap { $0 }
    }
}
