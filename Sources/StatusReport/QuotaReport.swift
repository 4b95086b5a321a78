internal import HostPaths
internal import JSONOutput
internal import Linux
internal import Usernet

/// How many of the NICs that an owner's lines allow on a bridge are used.
struct QuotaReport: Encodable, Equatable, Sendable {
    struct Line: Encodable, Equatable, Sendable {
        /// The number of the line in `/etc/lxc/lxc-usernet`.
        var line: Int
        var count: Int
        var options: [String]
    }

    /// A user or `@group`, as in the ledger, or `*`.
    var owner: String
    var bridge: String
    /// `nil` where only root can see it, and for a per-user quota.
    @OrNull var used: Int?
    var allowed: Int
    /// Whether each member of the group, or for `*` each user, has this quota.
    var isPerUser = false
    var lines: [Line] = []
}

extension HostStatus {
    mutating func observeQuotas(
        on host: KernelNetwork, _ usernet: UsernetReport, for caller: Credentials
    ) {
        guard usernet.isReadable else {
            return note(.quotas, "\(Paths.usernet), not visible to you")
        }
        for line in usernet.invalidLines { note(.quotas, line, isFault: true) }
        quotas = usernet.grants.map { grant in
            // Rows whose NIC no longer exists do not count: the next run of the helper removes
            // them.
            let used = grant.owner.flatMap { owner in
                usernet.ledger?.count(owner, on: grant.bridge) { nic in
                    host.veths.contains { $0.rawName.elementsEqual(nic) }
                }
            }
            return QuotaReport(
                owner: grant.name, bridge: grant.bridge.description, used: used,
                allowed: grant.allowed, isPerUser: grant.owner == nil,
                lines: grant.lines.map {
                    .init(line: $0.line, count: $0.count, options: $0.options.words)
                })
        }
        if usernet.ledger == nil { countOwnNICs(usernet) }
        quotas?.sort {
            ($0.owner, $0.bridge, $0.isPerUser ? 1 : 0)
                < ($1.owner, $1.bridge, $1.isPerUser ? 1 : 0)
        }
    }

    /// Counts the user's own NICs on bridges where only the user's lines apply. What a group has
    /// used depends on the NICs of its other members.
    private mutating func countOwnNICs(_ usernet: UsernetReport) {
        var isHidden = false
        for position in (quotas ?? []).indices {
            guard let quota = quotas?[position] else { continue }
            let owners = quotas?.count { $0.bridge == quota.bridge } ?? 0
            if owners == 1, !quota.owner.hasPrefix("@") {
                let bridge = quota.bridge == "none" ? nil : quota.bridge
                quotas?[position].used = nics?.count { $0.bridge == bridge }
            } else {
                isHidden = true
            }
        }
        if isHidden {
            note(
                .quotas,
                "only root can read \(Paths.ledger), which shows how many NICs a group uses")
        }
    }
}
