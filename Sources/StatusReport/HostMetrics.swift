internal import HostPaths
internal import Linux
internal import Network
internal import Usernet

/// `berth metrics`: the status as numbers, for Prometheus: all metrics, with their labels and help
/// texts (# HELP). ``OpenMetrics`` is the text format.
///
/// The labels are names of users, groups and bridges, which only root chooses. Names of containers
/// are not among them: users could create any number of series.
package struct HostMetrics {
    private let status: HostStatus
    /// By ``RefusalReason``; `nil` if berth-nic has refused nothing since the host started, or if
    /// only root can see it.
    private let refusals: [UInt64]?

    package static func observe() -> HostMetrics {
        HostMetrics(
            HostStatus.observe(),
            refusals: (try? SharedCounters.read(Paths.ledgerTurns)) ?? nil)
    }

    init(_ status: HostStatus, refusals: [UInt64]?) {
        self.status = status
        self.refusals = refusals
    }

    package var text: String {
        var metrics = OpenMetrics()
        addNetworks(to: &metrics)
        addTunnels(to: &metrics)
        addNICs(to: &metrics)
        addCgroups(to: &metrics)
        addRefusals(to: &metrics)
        let problems = status.problems()
        metrics.add(
            "berth_problems", help: "What berth status --problems reports, by severity.",
            [StatusProblem.Severity.problem, .warning].map { severity in
                .init(
                    .count(UInt64(problems.count { $0.severity == severity })),
                    ("severity", severity.rawValue))
            })
        return metrics.text
    }

    private func addNetworks(to metrics: inout OpenMetrics) {
        let networks = (status.networks ?? []).sorted { naturallyPrecedes($0.bridge, $1.bridge) }
        func samples(_ value: (NetworkReport) -> Int?) -> [OpenMetrics.Sample] {
            networks.compactMap { network in
                value(network).map { .init(.count(UInt64($0)), ("bridge", network.bridge)) }
            }
        }
        metrics.add(
            "berth_network_up", help: "Whether the network is up and complete: 1 or 0.",
            samples { $0.status.state == .up ? 1 : 0 })
        metrics.add(
            "berth_network_ports", help: "Interfaces that are attached to the bridge.",
            samples { $0.status.ports.count })
        metrics.add(
            "berth_network_leases", help: "Addresses of the DHCP range that are leased.",
            samples { $0.status.leasesInRange })
        metrics.add(
            "berth_network_lease_range", help: "Addresses that can be leased at once.",
            samples { $0.status.leaseRange })
    }

    private func addTunnels(to metrics: inout OpenMetrics) {
        let tunnels = (status.networks ?? []).sorted { naturallyPrecedes($0.bridge, $1.bridge) }
            .compactMap { network in network.status.tunnel.map { (network.bridge, $0) } }
        func samples(_ value: (TunnelStatus) -> Int?) -> [OpenMetrics.Sample] {
            tunnels.compactMap { bridge, tunnel in
                value(tunnel).map { .init(.count(UInt64($0)), ("bridge", bridge)) }
            }
        }
        metrics.add(
            "berth_tunnel_up", help: "Whether the VXLAN port of the network is up: 1 or 0.",
            samples { $0.isUp ? 1 : 0 })
        metrics.add(
            "berth_tunnel_guarded",
            help: "Whether the rules that guard the tunnel are as berth-net loaded them: 1 or 0.",
            samples { $0.guardState == .notVisible ? nil : $0.guardState == .asConfigured ? 1 : 0 })
        metrics.add(
            "berth_tunnel_peers", help: "Other hosts to which the tunnel sends broadcasts.",
            samples { $0.peers.count })
        metrics.add(
            "berth_tunnel_peers_configured",
            help: "Other hosts that LXC_VXLAN_PEERS lists; absent with EVPN.",
            samples { $0.configuredPeers })
        metrics.add(
            "berth_tunnel_peers_lost",
            help: "Other hosts to which there is no route, or whose next hop does not answer.",
            samples { $0.lostPeers.count })
        metrics.add(
            "berth_tunnel_remote_addresses",
            help: "Hardware addresses that are known behind the tunnel.",
            samples { $0.remoteAddresses })
    }

    private func addNICs(to metrics: inout OpenMetrics) {
        let quotas = (status.quotas ?? []).filter { !$0.isPerUser }.sorted {
            $0.owner == $1.owner
                ? naturallyPrecedes($0.bridge, $1.bridge) : naturallyPrecedes($0.owner, $1.owner)
        }
        func sample(_ quota: QuotaReport, _ number: Int) -> OpenMetrics.Sample {
            .init(.count(UInt64(number)), ("owner", quota.owner), ("bridge", quota.bridge))
        }
        metrics.add(
            "berth_nics_used", help: "NICs that count towards the quota of a user or group.",
            quotas.compactMap { quota in quota.used.map { sample(quota, $0) } })
        metrics.add(
            "berth_nics_allowed", help: "NICs that lxc-usernet allows a user or group.",
            quotas.map { sample($0, $0.allowed) })
        let users = status.userReports().filter { $0.isUser && !$0.members.isEmpty }
        metrics.add(
            "berth_containers", help: "Running containers of a user.",
            users.map { user in
                .init(
                    .count(UInt64(user.members.count { $0.isContainer })), ("user", user.name))
            })
    }

    private func addCgroups(to metrics: inout OpenMetrics) {
        let users = (status.cgroups?.users ?? []).sorted { naturallyPrecedes($0.user, $1.user) }
        func samples(
            _ value: (CgroupReport.Use) -> OpenMetrics.Value?
        ) -> [OpenMetrics.Sample] {
            users.compactMap { user in value(user.use).map { .init($0, ("user", user.user)) } }
        }
        metrics.add(
            "berth_cgroup_memory_bytes", unit: "bytes",
            help: "Memory that the cgroup of a user uses.",
            samples { $0.memoryBytes.map { .count($0) } })
        metrics.add(
            "berth_cgroup_memory_limit_bytes", unit: "bytes",
            help: "Memory limit of the cgroup of a user.",
            samples { $0.memoryMaxBytes.map { .count($0) } })
        metrics.add(
            "berth_cgroup_cpu_seconds_total", .counter,
            help: "Processor time of the cgroup of a user.",
            samples { $0.cpuMicroseconds.map { .millionths($0) } })
        metrics.add(
            "berth_cgroup_cpu_limit", help: "Processor limit of the cgroup of a user.",
            samples { $0.cpuMaxMicrosecondsPerSecond.map { .millionths($0) } })
        metrics.add(
            "berth_cgroup_tasks", help: "Processes and threads in the cgroup of a user.",
            samples { $0.tasks.map { .count($0) } })
        metrics.add(
            "berth_cgroup_tasks_limit",
            help: "Limit on processes and threads in the cgroup of a user.",
            samples { $0.tasksMax.map { .count($0) } })
    }

    private func addRefusals(to metrics: inout OpenMetrics) {
        guard let refusals else { return }
        metrics.add(
            "berth_nic_refusals_total", .counter,
            help: "Requests that berth-nic has refused since the host started, by reason.",
            RefusalReason.allCases.filter { $0.rawValue < refusals.count }.map {
                .init(.count(refusals[$0.rawValue]), ("reason", $0.label))
            })
    }
}

extension RefusalReason {
    fileprivate var label: String {
        switch self {
        case .quota: "quota"
        case .noLine: "no-line"
        case .namespace: "namespace"
        case .bridge: "bridge"
        case .ledger: "ledger"
        case .noSuchNIC: "no-such-nic"
        case .system: "system"
        }
    }
}
