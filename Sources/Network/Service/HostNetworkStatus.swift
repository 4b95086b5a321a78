internal import JSONOutput
internal import Linux
package import Netlink

/// The status of all networks in the record or the settings, as far as the caller may see it.
///
/// `berth-net status`, `berth status` and `berth doctor` render it.
package struct HostNetworkStatus: Sendable {
    /// First the networks that berth-net set up, in the order of the record, then those in the
    /// settings only.
    package var networks: [NetworkStatus] = []
    package var problems: [String] = []
    /// Settings that a later line sets again, so the earlier line has no effect.
    package var replaced: [Settings.Replacement] = []
    package var switchedOff: [SettingLocation] = []
    package var hasDnsmasq = true
    /// The value of net.ipv4.ip_forward, if it can be read.
    package var forwardsIPv4: Bool?
    package var interfaces: [Interface] = []
    package var addresses: [InterfaceAddress] = []
    package var routes: [Route] = []
    /// The hardware addresses behind the VXLAN ports of berth-net, by the index of the port.
    package var tunnelEntries: [Int32: [VXLANEntry]] = [:]
    /// The rules of other programs; `nil` if none can do harm, or the caller may not list them.
    package var firewall: ForeignFirewallDetection?
    /// `nil` if OVN manages no bridge of this host, or if it was not asked for.
    package var ovn: OVNBridge?
    /// Why the networks could not be observed.
    package var failure: String?
    /// Why the record could not be read.
    package var recordFailure: String?
    /// How to correct the record.
    package var recordRemedy: RecordRemedy?

    package enum RecordRemedy: Sendable {
        /// `berth-net start` writes it again.
        case start
        /// The record is to be removed first.
        case removal
        /// What the message says.
        case message
    }

    package init() {}

    /// - Parameter withTraffic: whether to include the counters of the interfaces.
    /// - Parameter countsDrops: whether to read the firewall's counters, which runs nft or
    ///   iptables-save once more for each network; and the sets that other programs' rules use.
    /// - Parameter withOVN: whether to read the database of Open vSwitch, if there is one.
    package static func observe(
        withTraffic: Bool = false, countsDrops: Bool = false, withOVN: Bool = false
    ) -> HostNetworkStatus {
        var status = HostNetworkStatus()
        do throws(Failure) {
            try status.observe(
                try HostTools.open(), asRoot: isRoot, withTraffic: withTraffic,
                countsDrops: countsDrops && isRoot)
        } catch {
            status.failure = "\(error)"
        }
        if withOVN { status.ovn = OVNBridge.observe(status.interfaces) }
        return status
    }

    private mutating func observe(
        _ tools: borrowing HostTools, asRoot: Bool, withTraffic: Bool, countsDrops: Bool
    ) throws(Failure) {
        forwardsIPv4 = kernelSetting(Sysctls.forwarding4).map { $0 == "1" }
        var record: Record?
        do throws(Record.FileError) { record = try Record.load() } catch {
            recordFailure = "\(error)"
            switch error {
            case .corrupted: recordRemedy = .start
            case .writableByOthers: recordRemedy = .removal
            case .newer, .inaccessible: recordRemedy = .message
            }
        }
        var facts = try HostFacts.observe(
            tools, record, withTraffic: withTraffic, withRemoteAddresses: true)
        record = record?.matching(facts)
        (interfaces, addresses) = (facts.interfaces, facts.addresses)
        routes = facts.routes
        tunnelEntries = facts.tunnelEntries
        let files = SettingsFiles.read()
        let state = DesiredState(files, facts)
        replaced = files.networks.flatMap(\.replaced)
        problems = state.problems.map(\.description)
        switchedOff = state.switchedOff
        let made = record?.networks.map(\.desired) ?? []
        let desired =
            made
            + state.networks.filter { network in !made.contains { $0.bridge == network.bridge } }
        facts.note(state.networks)
        let observer = try Observer(
            tools, facts, record: record, networks: desired, asRoot: asRoot)
        hasDnsmasq = observer.capabilities.hasDnsmasq
        let planner = Planner(observer.capabilities, networks: made)
        let shared = record?.host ?? .init()
        let host = HostPlan(
            for: made, ObservedHost(facts, shared, bridges: desired.map(\.bridge)), shared)
        // Only root can list the filter.
        let filter =
            asRoot
            ? try tools.compareAddressFilter(
                of: made, facts, observer.rules, planner, record?.host ?? .init())
            : nil
        let foreign =
            asRoot
            ? observer.foreignFirewalls(tools, for: desired, readsSets: countsDrops) : nil
        firewall = foreign?.rules
        let underlay = UnderlayTables(facts, made.compactMap(\.tunnel), tools.socket)
        for network in desired {
            let bridge = network.bridge
            let entry = record?[bridge]
            var status = NetworkStatus(
                network, entry, try observer.observe(network, record: entry), planner, host,
                asRoot: asRoot)
            status.filterObstacle = AddressFilterObstacle(
                network,
                usesNft: entry?.firewall.map { $0.dialect == .nft }
                    ?? (planner.dialect(for: network) == .nft))
            if let filter, entry != nil, planner.filtersAddresses(network) {
                status.note(filter)
            }
            if entry != nil {
                status.tunnel?.observePaths(on: bridge, facts, underlay, tools.socket)
            }
            status.settingsFile = state.files[bridge]
            status.wanted = state.networks.first { $0.bridge == bridge }
            status.isConfigured = status.wanted != nil
            if countsDrops, let entry {
                status.droppedSources = DroppedSources.count(of: entry, tools)
            }
            if let foreign {
                let firewalls = foreign.found[bridge] ?? []
                status.foreignFirewalls = firewalls
                status.foreign =
                    firewalls.map { $0.warning(for: bridge) } + [foreign.warning].compactMap { $0 }
            }
            networks.append(status)
        }
    }

    package var made: [NetworkStatus] { networks.filter(\.isMade) }

    package var configured: [NetworkStatus] { networks.filter(\.isConfigured) }

    /// The state of all networks that berth-net made.
    package var state: NetworkStatus.State {
        if made.allSatisfy({ $0.state == .down }) { return .down }
        return made.allSatisfy { $0.state == .up } ? .up : .incomplete
    }

    private struct Document: Encodable {
        /// Keys may be added, but while this is 1, none is removed or changes its meaning.
        let version = 1
        let networks: [NetworkStatus]
    }

    package var json: String { jsonText(Document(networks: made), escapesSlashes: true) }

    package var text: String {
        made.isEmpty ? "no network is up\n" : made.map(\.text).joined()
    }
}
