internal import HostPaths
internal import JSONOutput
internal import Linux

/// The networks, NICs, quotas, leases and cgroups of this host that the caller may see.
///
/// The members are the keys of the JSON (see berth(1) and the schema). Keys may be added, but while
/// ``version`` is 1, no key is removed or changes its meaning. An unknown value is null, and
/// ``hidden`` says what is missing and why.
package struct HostStatus: Encodable, Sendable {
    package struct Requester: Encodable, Sendable {
        let user: String
        let uid: UInt32
    }

    /// A part of which something is missing: hidden from the caller, unreadable or invalid.
    package struct HiddenPart: Encodable, Equatable, Sendable {
        let part: Part
        let reason: String
        /// Whether something is wrong; otherwise the caller may not see it, or it is not set up.
        var isFault = false

        private enum CodingKeys: CodingKey { case part, reason }
    }

    package enum Part: String, CaseIterable, Encodable, Sendable {
        case networks, nics, quotas, leases, cgroups
    }

    package internal(set) var version = 1
    /// The name of this host, to which the quotas apply.
    var host = ""
    var requester: Requester
    /// `nil` unless all parts were requested.
    var summary: StatusSummary?
    // `nil` for a part that was not requested.
    var networks: [NetworkReport]?
    var nics: [NICReport]?
    var quotas: [QuotaReport]?
    var leases: [LeaseReport]?
    var cgroups: CgroupReport?
    var hidden: [HiddenPart] = []

    /// - Parameter parts: the parts to report. Others are observed only as far as these need them.
    package static func observe(_ parts: Set<Part> = Set(Part.allCases)) -> HostStatus {
        // If the groups cannot be read, the caller is treated as a member of none.
        let caller =
            (try? Credentials.withGroupsOfThisProcess(ownUser))
            ?? Credentials(user: ownUser, groups: [])
        var status = HostStatus(
            host: printable((kernelSetting(Paths.hostName) ?? "").utf8),
            requester: Requester(user: name(of: caller.user), uid: caller.user.number))
        if !parts.isDisjoint(with: [.networks, .nics, .quotas, .leases]) {
            status.observeNetworks(for: caller)
        }
        if parts.contains(.cgroups) { status.observeCgroups() }
        status.keep(parts)
        if parts.count == Part.allCases.count { status.summary = StatusSummary(status) }
        return status
    }

    private mutating func keep(_ parts: Set<Part>) {
        if !parts.contains(.networks) { networks = nil }
        if !parts.contains(.nics) { nics = nil }
        if !parts.contains(.quotas) { quotas = nil }
        if !parts.contains(.leases) { leases = nil }
        // A failure to read the networks explains why other parts are empty.
        hidden.removeAll { $0.part != .networks && !parts.contains($0.part) }
        if parts == [.cgroups] { hidden.removeAll { $0.part == .networks } }
    }

    /// - Parameter isPretty: whether each key has a line; otherwise everything is on one line.
    package func json(isPretty: Bool = true) -> String { jsonText(self, isPretty: isPretty) }

    mutating func note(_ part: Part, _ reason: String, isFault: Bool = false) {
        hidden.append(HiddenPart(part: part, reason: reason, isFault: isFault))
    }

    /// The user's name, or the user ID if it has no account.
    static func name(of user: UserID) -> String {
        ((try? Accounts.name(of: user)) ?? nil).map { printable($0) } ?? "\(user.number)"
    }
}
