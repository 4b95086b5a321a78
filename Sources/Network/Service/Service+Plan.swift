internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

extension Service {
    struct Plan {
        var report: Report
        var networks: [PlannedNetwork] = []
        var removed: [RemovedNetwork] = []
        /// The record before the changes.
        let record: Record
        let facts: HostFacts
        let planner: Planner
        /// The filter that the networks need; `nil` if none does.
        var addressFilter: AddressFilter?
        /// The claims that the filter knows; `nil` if it is not loaded.
        var addressClaims: [AddressClaim]?

        /// The record after these changes.
        func record(after changes: [Change], isComplete: Bool) -> Record {
            var record = self.record
            for network in networks {
                record.update(network.entry(after: changes, isComplete: isComplete))
            }
            record.left.removeAll { left in
                networks.contains { $0.desired.bridge == left.bridge }
            }
            record.host = record.host.after(
                changes,
                besides: networks.map(\.desired.bridge) + removed.map(\.entry.desired.bridge))
            return record
        }
    }

    struct RemovedNetwork {
        let entry: Record.Entry
        let observed: ObservedNetwork

        var isInUse: Bool { !observed.ports.isEmpty }

        /// Warnings about what stays, and why.
        var warnings: [String] {
            let bridge = entry.desired.bridge
            let closes = !Planner.closing(entry, observed).isEmpty
            var warnings: [String] = []
            if entry.bridge.isOwn, isInUse {
                warnings.append(
                    "\(bridge) remains, \(closes ? "down and " : "")without addresses and rules: "
                        + "containers are attached to it ("
                        + observed.ports.map(\.description).joined(separator: ", ") + ")")
            }
            if entry.bridge == .unknown, observed.interface != nil {
                let addresses = entry.addresses.map(\.address)
                    .filter { observed.addresses.contains($0) }.map(\.description)
                warnings.append(
                    "\(bridge) remains as it is"
                        + (addresses.isEmpty
                            ? "" : ", with \(addresses.joined(separator: " and "))")
                        + ", because the record of an earlier version does not say what Berth "
                        + "changed on it: remove by hand what you do not need")
            }
            return warnings
        }
    }

    /// - Throws: ``Refusal`` if the settings have problems.
    borrowing func desiredState(_ record: Record?) throws -> (DesiredState, HostFacts) {
        let facts = try HostFacts.observe(tools, record)
        let state = DesiredState(SettingsFiles.read(), facts)
        guard state.problems.isEmpty else { throw Refusal(problems: state.problems) }
        return (state, facts)
    }

    /// The record for `start`; none, with a warning, if it cannot be parsed.
    borrowing func recordForStart() throws -> (record: Record?, warnings: [String]) {
        do { return (try Record.load(), []) } catch .corrupted {
            return (
                nil,
                [
                    "\(Paths.networkRecord) cannot be parsed and is rewritten: networks that the "
                        + "settings no longer name may remain, and berth-net stop may leave "
                        + "bridges and addresses"
                ]
            )
        }
    }

    /// - Parameter takenPorts: the programs that took the port of a network's name server when it
    ///   was started.
    borrowing func planFromSettings(
        _ record: Record?, takenPorts: [BridgeName: String] = [:]
    ) throws -> Plan {
        let (state, facts) = try desiredState(record)
        var plan = try plan(
            for: state.networks, record, facts, announcesHarm: true, takenPorts: takenPorts)
        plan.report.warnings = state.warnings + facts.warnings + plan.report.warnings
        plan.report.switchedOff = state.switchedOff
        return plan
    }

    /// - Parameter keepsConfiguration: whether dnsmasq keeps running if only the administrator's
    ///   configuration file for it has changed.
    borrowing func plan(
        for networks: [DesiredNetwork], _ record: Record?, _ facts: HostFacts,
        keepsConfiguration: Bool = false, announcesHarm: Bool = false,
        takenPorts: [BridgeName: String] = [:]
    ) throws -> Plan {
        var facts = facts
        facts.note(networks)
        let observer = try Observer(tools, facts, record: record, networks: networks)
        let planner = Planner(
            observer.capabilities, networks: networks, restartsDnsmasq: restartsDnsmasq)
        var plan = Plan(
            report: Report(networks: networks), record: (record ?? Record()).matching(facts),
            facts: facts, planner: planner)
        let host = HostPlan(
            for: networks,
            ObservedHost(
                facts, plan.record.host,
                bridges: networks.map(\.bridge) + plan.record.networks.map(\.desired.bridge)),
            plan.record.host)
        plan.report.changes = host.disabling
        plan.report.changes += [
            ReservedAddresses(of: networks).change(from: try observedReservedAddresses())
        ].compactMap { $0 }
        plan.report.warnings = host.warnings
        try planAddressFilter(&plan, observer, warns: announcesHarm)
        for entry in plan.record.networks
        where !networks.contains(where: { $0.bridge == entry.desired.bridge }) {
            let observed = try observer.observe(entry.desired, record: entry)
            plan.report.changes += planner.removal(of: entry, from: observed)
            let removed = RemovedNetwork(entry: entry, observed: observed)
            plan.report.warnings += removed.warnings
            plan.removed.append(removed)
        }
        let policy = announcesHarm ? (try? SmallFile.contents(of: Paths.usernet)) ?? nil : nil
        let usernet = UsernetFile(policy ?? [])
        let foreign = observer.foreignFirewalls(tools, for: networks)
        plan.report.warnings += [foreign.warning].compactMap { $0 }
        for network in networks {
            let entry = plan.record[network.bridge]
            var observed = try observer.observe(network, record: entry)
            observed.isLeftBridge = plan.record.left.contains { $0.bridge == network.bridge }
            if keepsConfiguration, let running = observed.dnsmasq?.arguments {
                observed.configurationDigest = entry?.configurationDigest
                observed.bindsInterfaces = !running.contains("--bind-dynamic")
                // Without DNS, dnsmasq has neither argument.
                if running.contains("--no-hosts") {
                    observed.omitsHostNames = !running.contains { $0.hasPrefix("--addn-hosts=") }
                }
            }
            observed.nameServerPortHolder =
                takenPorts[network.bridge] ?? observed.nameServerPortHolder
            guard network.tunnel == nil || planner.capabilities.hasNft else {
                throw Failure(
                    "nft does not work, so nothing would keep the tunnel of \(network.bridge) from "
                        + "carrying DHCP and the gateway's addresses: install nftables, or remove "
                        + "LXC_VXLAN")
            }
            guard planner.dialect(for: network) != nil else {
                throw Failure(
                    "neither nft nor iptables works, so \(network.bridge) would reach no other "
                        + "network: install nftables")
            }
            if announcesHarm {
                var harm = HarmWarnings(
                    desired: network, previous: entry?.desired, observed: observed)
                harm.observe(facts.ledger)
                plan.report.warnings += harm.sentences
            }
            let nics = NICWarnings(network.bridge, observed, entry) { index in
                facts.interfaces.first { $0.index == index }?.description
            }
            plan.report.warnings += nics.detached
            plan.report.warnings += [observed.uplinkWarning(network)].compactMap { $0 }
            plan.report.warnings +=
                [planner.hostDNSWarning(network, observed, entry)].compactMap { $0 }
            if announcesHarm {
                plan.report.warnings += nics.changedLines(usernet)
            }
            let firewalls = foreign.found[network.bridge] ?? []
            plan.report.warnings += Self.warnings(network, observed, planner)
            plan.report.warnings += firewalls.filter {
                !network.firewall.fixesForeign || $0.fix == nil
            }
            .map { $0.warning(for: network.bridge) }
            let fixes = network.firewall.fixesForeign ? firewalls.compactMap(\.fix) : []
            let planned = PlannedNetwork(
                desired: network, observed: observed, record: entry,
                changes: planner.changes(
                    to: network, from: observed, record: entry, foreign: fixes),
                lostNICs: planner.lostNICs(network, observed, record: entry),
                dnsPort: planner.dnsPort(network, observed),
                foreignFixes: network.firewall.fixesForeign
                    ? (entry?.foreignFixes ?? []).filter { !fixes.contains($0) } + fixes : [])
            plan.report.changes += planned.changes
            plan.report.warnings += [planned.isolationWarning].compactMap { $0 }
            plan.networks.append(planned)
        }
        plan.report.changes += host.enabling + plan.networks.flatMap(\.lostNICs)
        return plan
    }

    func observedReservedAddresses() throws(Failure) -> String? {
        do { return try Observer.text(of: Paths.reservedAddresses) } catch {
            throw Failure("cannot read \(Paths.reservedAddresses): \(error)")
        }
    }

    private static func warnings(
        _ network: DesiredNetwork, _ observed: ObservedNetwork, _ planner: Planner
    ) -> [String] {
        var warnings: [String] = []
        if let holder = observed.nameServerPortHolder {
            warnings.append(
                "port \(network.dns.port) is held by \(holder), so \(network.bridge) has "
                    + (network.dhcp.isDisabled ? "no DNS" : "DHCP but no DNS")
                    + ": stop that program, keep it off \(network.nameServerAddresses), or set "
                    + "LXC_DNS_PORT")
        }
        if !planner.capabilities.hasDnsmasq,
            planner.configuration(network, observed).servesAnything
        {
            warnings.append(
                "dnsmasq is not installed, so \(network.bridge) has neither DHCP nor DNS: install "
                    + "the package dnsmasq-base (Debian, Ubuntu) or dnsmasq")
        }
        if !planner.capabilities.dnsmasqFeatures.ignoresClientIDs, !network.dhcp.isDisabled {
            warnings.append(
                "this host's dnsmasq is older than 2.81 and cannot ignore client identifiers, so a "
                    + "container on \(network.bridge) can take over another's address: install a "
                    + "later version")
        }
        return warnings
    }
}
