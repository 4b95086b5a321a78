/// Which parts of a status are shown, and in which order.
package struct StatusSelection: Equatable, Sendable {
    package enum Order: String, CaseIterable, Sendable {
        case memory, cpu, traffic
    }

    /// Only what belongs to this user.
    package var user: String?
    /// Only this bridge, and what is attached to it.
    package var bridge: String?
    package var onlyProblems = false
    /// Users and their containers by usage, highest first; otherwise by name.
    package var order: Order?

    package init(
        user: String? = nil, bridge: String? = nil, onlyProblems: Bool = false, order: Order? = nil
    ) {
        self.user = user
        self.bridge = bridge
        self.onlyProblems = onlyProblems
        self.order = order
    }
}

extension HostStatus {
    /// The status without what belongs to other users or bridges.
    ///
    /// A user's networks are those of the user's NICs and quotas. What is on a bridge includes the
    /// cgroups of the containers that are attached to it. What is hidden or invalid stays: it may
    /// concern the user or the bridge.
    package func selecting(_ selection: StatusSelection) -> HostStatus {
        var status = self
        if let user = selection.user {
            status.nics?.removeAll { ($0.user ?? $0.owner) != user }
            status.quotas?.removeAll { $0.owner != user }
            status.leases?.removeAll { $0.user != user }
            status.cgroups?.users.removeAll { $0.user != user }
            let bridges = Set(
                (status.nics ?? []).compactMap(\.bridge) + (status.quotas ?? []).map(\.bridge))
            status.networks?.removeAll { !bridges.contains($0.bridge) }
        }
        if let bridge = selection.bridge {
            status.networks?.removeAll { $0.bridge != bridge }
            status.nics?.removeAll { ($0.bridge ?? "none") != bridge }
            status.quotas?.removeAll { $0.bridge != bridge }
            status.leases?.removeAll { $0.bridge != bridge }
            status.keepCgroupsOfContainers()
        }
        if summary != nil { status.summary = StatusSummary(status) }
        return status
    }

    /// Whether the status names the bridge.
    package func knows(bridge: String) -> Bool {
        (networks ?? []).contains { $0.bridge == bridge }
            || (nics ?? []).contains { ($0.bridge ?? "none") == bridge }
            || (quotas ?? []).contains { $0.bridge == bridge }
    }

    /// Whether the status names the user, or the group as `@group`.
    package func knows(user: String) -> Bool {
        (nics ?? []).contains { $0.user == user || $0.owner == user }
            || (quotas ?? []).contains { $0.owner == user }
            || (cgroups?.users ?? []).contains { $0.user == user }
    }

    private mutating func keepCgroupsOfContainers() {
        guard let users = cgroups?.users else { return }
        var kept: [CgroupReport.User] = []
        for var user in users {
            let own = (nics ?? []).filter { $0.user == user.user }.compactMap(\.container)
            for place in user.leaves.indices {
                user.leaves[place].containers.removeAll { !own.contains($0.name) }
            }
            user.leaves.removeAll(where: \.containers.isEmpty)
            if !user.leaves.isEmpty { kept.append(user) }
        }
        cgroups?.users = kept
    }
}

extension HostStatus {
    /// The names of bridges, for completions.
    package static func bridges() -> [String] {
        let status = observe([.networks, .quotas])
        return (status.networks ?? []).map(\.bridge)
    }
}
