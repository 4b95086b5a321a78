internal import HostPaths
internal import Linux
internal import Netlink

extension Service {
    struct Plan {
        var report: Report
        /// The record of the desired networks, without the digests that are known only afterwards.
        var entries: [Record.Entry] = []
        var removed: [RemovedNetwork] = []
        /// The record before the changes.
        let record: Record
        let facts: HostFacts
        let planner: Planner
    }

    struct RemovedNetwork {
        let entry: Record.Entry
        let ports: [Interface]

        /// The warning that containers are left on the bridge, if any are.
        var warning: String? {
            ports.isEmpty
                ? nil
                : "\(entry.desired.bridge) stays, without addresses and rules: it has containers "
                    + "on it (" + ports.map(\.description).joined(separator: ", ") + ")"
        }
    }

    /// - Throws: ``Refusal`` if the settings have problems.
    borrowing func desiredState(_ record: Record?) throws -> (DesiredState, HostFacts) {
        let facts = try HostFacts.observe(tools, record)
        let state = DesiredState(SettingsFiles.read(), facts)
        guard state.problems.isEmpty else { throw Refusal(problems: state.problems) }
        return (state, facts)
    }

    /// The record as `start` uses it, with a warning if it cannot be used.
    borrowing func recordForStart() throws -> (record: Record?, warnings: [String]) {
        do { return (try Record.load(), []) } catch .corrupted {
            return (
                nil,
                [
                    "\(Paths.networkRecord) cannot be parsed and is rewritten: networks that the "
                        + "settings no longer name may remain"
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
        plan.report.warnings = state.warnings + plan.report.warnings
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
        let observer = try Observer(tools, facts, record: record, networks: networks)
        let planner = Planner(
            observer.capabilities, networks: networks, restartsDnsmasq: restartsDnsmasq)
        var plan = Plan(
            report: Report(networks: networks), record: record ?? Record(), facts: facts,
            planner: planner)
        for entry in plan.record.networks
        where !networks.contains(where: { $0.bridge == entry.desired.bridge }) {
            let observed = try observer.observe(entry.desired, record: entry)
            plan.report.changes += planner.removal(of: entry, from: observed)
            let removed = RemovedNetwork(entry: entry, ports: observed.ports)
            plan.report.warnings += [removed.warning].compactMap { $0 }
            plan.removed.append(removed)
        }
        let foreign = observer.foreignFirewalls(tools, for: networks)
        plan.report.warnings += [foreign.warning].compactMap { $0 }
        for network in networks {
            let entry = plan.record[network.bridge]
            var observed = try observer.observe(network, record: entry)
            if keepsConfiguration, let running = observed.dnsmasq?.arguments {
                observed.configurationDigest = entry?.configurationDigest
                observed.bindsInterfaces = !running.contains("--bind-dynamic")
                // Without DNS it has neither argument.
                if running.contains("--no-hosts") {
                    observed.omitsHostNames = !running.contains { $0.hasPrefix("--addn-hosts=") }
                }
            }
            observed.nameServerPortHolder =
                takenPorts[network.bridge] ?? observed.nameServerPortHolder
            guard planner.dialect(for: network) != nil else {
                throw Failure(
                    "neither nft nor iptables works, so \(network.bridge) would reach no other "
                        + "network: install nftables")
            }
            if announcesHarm {
                var harm = HarmWarnings(
                    desired: network, previous: entry?.desired, observed: observed)
                harm.observe()
                plan.report.warnings += harm.sentences
            }
            let firewalls = foreign.found[network.bridge] ?? []
            plan.report.warnings += Self.warnings(network, observed, planner)
            plan.report.warnings += firewalls.filter {
                !network.firewall.fixesForeign || $0.fix == nil
            }
            .map { $0.warning(for: network.bridge) }
            let fixes = network.firewall.fixesForeign ? firewalls.compactMap(\.fix) : []
            plan.report.changes += planner.changes(
                to: network, from: observed, record: entry, foreign: fixes)
            plan.entries.append(
                Record.Entry(
                    desired: network,
                    madeBridge: entry?.madeBridge
                        ?? (observed.interface == nil || observed.isLXCNetBridge
                            || plan.record.left.contains(network.bridge)),
                    firewall: entry?.firewall, dnsPort: planner.dnsPort(network, observed),
                    configurationDigest: observed.configurationDigest,
                    foreignFixes: network.firewall.fixesForeign
                        ? (entry?.foreignFixes ?? []).filter { !fixes.contains($0) } + fixes : [],
                    isComplete: false))
        }
        return plan
    }

    private static func warnings(
        _ network: DesiredNetwork, _ observed: ObservedNetwork, _ planner: Planner
    ) -> [String] {
        var warnings: [String] = []
        if let holder = observed.nameServerPortHolder {
            warnings.append(
                "port \(network.dns.port) is held by \(holder), so \(network.bridge) has "
                    + (network.dhcp.isDisabled ? "no DNS" : "DHCP but no DNS")
                    + ": stop that program, keep it off \(network.ipv4.address), or set "
                    + "LXC_DNS_PORT")
        }
        if !planner.capabilities.hasDnsmasq,
            planner.configuration(network, observed).servesAnything
        {
            warnings.append(
                "dnsmasq is not installed, so \(network.bridge) has neither DHCP nor DNS: install "
                    + "the package dnsmasq-base (Debian, Ubuntu) or dnsmasq")
        }
        return warnings
    }
}
