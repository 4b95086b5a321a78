internal import HostPaths
internal import JSONOutput
internal import Linux
internal import Usernet

/// How many of the NICs that an owner's lines allow on a bridge are used.
struct QuotaReport: Encodable, Equatable, Sendable {
    /// A user or `@group`, as in the ledger.
    var owner: String
    var bridge: String
    /// `nil` where only root may know.
    @OrNull var used: Int?
    var allowed: Int
}

extension HostStatus {
    mutating func observeQuotas(
        on host: KernelNetwork, _ usernet: UsernetReport, for caller: Credentials
    ) {
        guard usernet.isReadable else {
            return note(.quotas, "\(Paths.usernet), not visible to you")
        }
        for line in usernet.invalidLines { note(.quotas, line) }
        for (owner, bridge, count) in usernet.entries {
            let (name, bridgeName) = (printable(owner.field), bridge.description)
            if let known = quotas?.firstIndex(where: { $0.owner == name && $0.bridge == bridgeName }
            ) {
                quotas?[known].allowed += count
                continue
            }
            // Rows whose NIC no longer exists do not count: the next run of the helper removes
            // them.
            let used = usernet.ledger?.count(owner, on: bridge) { nic in
                host.veths.contains { $0.rawName.elementsEqual(nic) }
            }
            quotas?.append(QuotaReport(owner: name, bridge: bridgeName, used: used, allowed: count))
        }
        if usernet.ledger == nil { countOwnNICs(usernet) }
        quotas?.sort { ($0.owner, $0.bridge) < ($1.owner, $1.bridge) }
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
