internal import JSONOutput
internal import Linux
internal import Network

/// Something on the host that is wrong, or soon will be.
struct StatusProblem: Encodable, Equatable, Sendable {
    enum Severity: String, Encodable, Sendable {
        case problem, warning
    }

    var severity: Severity
    /// What it concerns: a network, a container, a user or a file.
    var place: String
    /// What is wrong, and how to fix it.
    var message: String
    @OrNull var bridge: String? = nil
    @OrNull var user: String? = nil
}

/// The fractions of a limit at which berth status starts to warn. At the limit itself, dnsmasq has
/// no address for the next container, or fork(2) fails. Memory near its limit is not a problem: the
/// kernel keeps files in memory as long as there is room.
private let fullLeases = 0.9
private let fullTasks = 0.95

extension HostStatus {
    func problems() -> [StatusProblem] {
        var found: [StatusProblem] = []
        for network in networks ?? [] where network.isManaged { found += problems(of: network) }
        found += hidden.filter(\.isFault).map {
            StatusProblem(severity: .problem, place: $0.part.rawValue, message: $0.reason)
        }
        for quota in quotas ?? [] {
            guard let used = quota.used, used > quota.allowed else { continue }
            found.append(
                StatusProblem(
                    severity: .warning, place: quota.owner,
                    message: counted(Int(used), "NIC") + " on \(quota.bridge), more than the "
                        + "\(quota.allowed) that lxc-usernet allows", bridge: quota.bridge,
                    user: quota.owner))
        }
        for nic in nics ?? [] { found += problems(of: nic) }
        for user in cgroups?.users ?? [] {
            found += problems(of: user.use, user.user, of: user.user)
            for container in user.leaves.flatMap(\.containers) {
                found += problems(
                    of: container.use, "\(user.user)/\(container.name.escaped(upTo: 40))",
                    of: user.user)
            }
        }
        return found
    }

    private func problems(of network: NetworkReport) -> [StatusProblem] {
        let status = network.status
        func problem(_ message: String, _ severity: StatusProblem.Severity = .problem)
            -> StatusProblem
        {
            StatusProblem(
                severity: severity, place: "network \(network.bridge)", message: message,
                bridge: network.bridge)
        }
        var found: [StatusProblem] = []
        switch status.state {
        case .up: break
        case .down: found.append(problem("down: run berth-net start"))
        case .incomplete:
            let number = status.missing.count
            let what = status.missing.first.map { ", such as \"\($0)\"" } ?? ""
            found.append(
                problem(
                    "incomplete: berth-net reload would make \(counted(number, "change"))"
                        + what))
        }
        if status.dnsmasq == nil, status.needsDnsmasq, status.state == .up {
            found.append(problem("no dnsmasq: run berth-net reload"))
        }
        found += status.foreign.map { problem($0) }
        if let tunnel = status.tunnel { found += problems(of: tunnel).map { problem($0, $1) } }
        // Otherwise, the network is incomplete.
        if let uplink = status.uplink, uplink.isAttached, uplink.isUp, let fault = uplink.fault {
            found.append(problem("uplink \(uplink.port): \(fault): see berth doctor"))
        }
        if let used = status.leasesInRange, let range = status.leaseRange, range > 0 {
            if used >= range {
                let leased = range == 1 ? "the only one is" : "all \(range) are"
                found.append(problem("no free address: \(leased) leased"))
            } else if Double(used) >= fullLeases * Double(range) {
                found.append(
                    problem("few free addresses: \(used) of \(range) are leased", .warning))
            }
        }
        return found
    }

    /// Only warnings: the containers of this host can still reach each other.
    private func problems(of tunnel: TunnelStatus) -> [(String, StatusProblem.Severity)] {
        guard tunnel.isUp else { return [] }
        if tunnel.usesEVPN, tunnel.peers.isEmpty {
            return [
                (
                    "tunnel \(tunnel.port): BGP EVPN has announced no other host: see berth doctor",
                    .warning
                )
            ]
        }
        let losses = tunnel.losses
        guard let first = losses.first else { return [] }
        return [
            (
                "tunnel \(tunnel.port): cannot reach \(losses.count) of \(tunnel.paths.count) "
                    + "hosts, such as \(first)", .warning
            )
        ]
    }

    private func problems(of nic: NICReport) -> [StatusProblem] {
        func problem(_ message: String, _ severity: StatusProblem.Severity) -> StatusProblem {
            StatusProblem(
                severity: severity, place: nic.label, message: message, bridge: nic.bridge,
                user: nic.user ?? nic.owner)
        }
        if !nic.isUp { return [problem("\(nic.hostName) is down", .problem)] }
        if let port = nic.logicalPort, !port.isBound {
            let message =
                port.name.map { "OVN has not bound the logical port \($0) to \(nic.hostName)" }
                ?? "\(nic.hostName) has no logical port of OVN: start the container again"
            return [problem(message, .problem)]
        }
        let serves = networks?.contains {
            $0.bridge == nic.bridge && $0.isManaged && $0.status.dnsmasq != nil
        }
        // Without a name, the container's end is not visible, and neither are its addresses.
        guard serves ?? false, nic.name != nil, nic.addresses.isEmpty else { return [] }
        return [problem("\(nic.hostName) has no address", .warning)]
    }

    private func problems(
        of use: CgroupReport.Use, _ place: String, of user: String
    ) -> [StatusProblem] {
        guard let tasks = use.tasks, let limit = use.tasksMax, limit > 0,
            Double(tasks) >= fullTasks * Double(limit)
        else { return [] }
        return [
            StatusProblem(
                severity: tasks >= limit ? .problem : .warning, place: place,
                message: "\(tasks) of \(limit) tasks", user: user)
        ]
    }
}
