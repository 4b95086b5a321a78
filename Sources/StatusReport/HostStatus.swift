internal import FoundationEssentials
internal import Linux

/// What there is of Berth on this host, as far as whoever asks may see it.
///
/// Its members are the keys of the JSON, which is promised in berth(1) and its schema: keys are added,
/// and none is taken away or comes to mean something else while ``version`` is 1. What could not be
/// known is null, and ``unseen`` says what was not shown and why: nothing looks empty that is not.
package struct HostStatus: Encodable, Sendable {
    package struct Requester: Encodable, Sendable {
        let user: String
        let uid: UInt32
    }

    /// What whoever asked may not see, or what could not be looked at or understood.
    package struct HiddenPart: Encodable, Equatable, Sendable {
        let part: Part
        let reason: String
    }

    package enum Part: String, CaseIterable, Encodable, Sendable {
        case networks, nics, quotas, leases, cgroups
    }

    package internal(set) var version = 1
    var asker: Requester
    // A part that was not asked for is absent.
    var networks: [NetworkReport]?
    var nics: [NICReport]?
    var quotas: [QuotaReport]?
    var leases: [LeaseReport]?
    var cgroups: CgroupReport?
    var unseen: [HiddenPart] = []

    /// - Parameter parts: what is asked for; the rest is looked at no more than they need it.
    package static func observe(_ parts: Set<Part> = Set(Part.allCases)) -> HostStatus {
        // A member of groups that cannot be told is one of none.
        let caller =
            (try? Credentials.withGroupsOfThisProcess(ownUser))
            ?? Credentials(user: ownUser, groups: [])
        var status = HostStatus(
            asker: Requester(user: name(of: caller.user), uid: caller.user.number))
        if !parts.isDisjoint(with: [.networks, .nics, .quotas, .leases]) {
            status.observeNetworks(for: caller)
        }
        if parts.contains(.cgroups) { status.observeCgroups() }
        status.keep(parts)
        return status
    }

    private mutating func keep(_ parts: Set<Part>) {
        if !parts.contains(.networks) { networks = nil }
        if !parts.contains(.nics) { nics = nil }
        if !parts.contains(.quotas) { quotas = nil }
        if !parts.contains(.leases) { leases = nil }
        // Without the networks nothing of the others could be told either.
        unseen.removeAll { $0.part != .networks && !parts.contains($0.part) }
        if parts == [.cgroups] { unseen.removeAll { $0.part == .networks } }
    }

    /// - Parameter isPretty: with a line for each key; else all of it is one line.
    package func json(isPretty: Bool = true) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Strings, numbers and truths always have a form in JSON.
        return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self) + "\n"
    }

    mutating func note(_ part: Part, _ reason: String) {
        unseen.append(HiddenPart(part: part, reason: reason))
    }

    /// A user by name, or by his number if he has none.
    static func name(of user: UserID) -> String {
        ((try? Accounts.name(of: user)) ?? nil).map { printable($0) } ?? "\(user.number)"
    }
}

/// A value whose key is there without it too, as null.
@propertyWrapper
package struct OrNull<Value: Encodable & Equatable & Sendable>: Encodable, Equatable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
