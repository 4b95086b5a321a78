internal import JSONOutput

/// The counts that berth status begins with, and what is wrong.
struct StatusSummary: Encodable, Equatable, Sendable {
    var networks: Int
    /// Networks that are in use, and neither incomplete nor down.
    var networksUp: Int
    /// Users with a quota, a NIC or a cgroup.
    var users: Int
    /// Running containers.
    var containers: Int
    /// NICs of containers, whether or not they count towards a quota.
    var nics: Int
    /// NICs that count towards a quota; `nil` if only root can see it.
    @OrNull var nicsUsed: Int?
    /// The sum of all quotas, without per-user quotas.
    var nicsAllowed: Int
    var problems: [StatusProblem]
    /// The name of this host, if a network extends to other hosts: quotas apply per host.
    var joinedHost: String?

    private enum CodingKeys: CodingKey {
        case networks, networksUp, users, containers, nics, nicsUsed, nicsAllowed, problems
    }
}

extension StatusSummary {
    init(_ status: HostStatus) {
        let users = status.userReports()
        let quotas = (status.quotas ?? []).filter { !$0.isPerUser }
        let used = quotas.compactMap(\.used)
        self.init(
            networks: status.networks?.count ?? 0,
            networksUp: status.networks?.count { $0.status.state == .up } ?? 0,
            users: users.count { $0.isUser },
            containers: users.reduce(0) { $0 + $1.members.count { $0.isContainer } },
            nics: status.nics?.count ?? 0,
            nicsUsed: used.count == quotas.count ? used.reduce(0, +) : nil,
            nicsAllowed: quotas.reduce(0) { $0 + $1.allowed }, problems: status.problems(),
            joinedHost: status.networks?.contains { $0.status.tunnel != nil } ?? false
                ? status.host : nil)
    }
}
