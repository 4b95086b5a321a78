internal import HostPaths
internal import Identity
internal import Linux
internal import Usernet

/// What `/etc/lxc/lxc-usernet` grants one user, and how much of it is used according to
/// `/run/lxc/nics`.
struct UsernetFacts: Sendable {
    struct Line: Equatable, Sendable {
        let number: Int
        let count: Int
        /// To whom the line grants the count, as text; empty if it is not known.
        var owner = ""
        /// As the line has them.
        var options: [String] = []
        var vlan: UInt16?
    }

    /// A user's quota on a bridge that the container's configuration names.
    struct BridgeQuota: Equatable, Sendable {
        let bridge: UntrustedText
        /// The name, if it can be written both in lxc-usernet and in a command.
        var name: String?
        /// The lines that grant the user NICs.
        var lines: [Line] = []
        /// Why the only line for this bridge, one for `*`, does not include the user.
        var excluding: String?
        /// The user's first invalid line that names this bridge, or in which no bridge can be
        /// recognized.
        var invalidLine: InvalidLine?
        var allowed = 0
        /// `nil` where only root may read `/run/lxc/nics`.
        var used: Int?
        var hasFreeQuota = true
        var interface: InterfaceFacts?
    }

    var file = PolicyFile()
    /// Every line that grants nothing, whichever user it names.
    var invalidLines: [InvalidLine] = []
    var quotas: [BridgeQuota] = []
    /// Why berth-nic does not use the key for hardware addresses.
    var keyObstacle: SecretFile.AccessError?
    /// Whether root could create the key; `true` if the requester cannot find out.
    var canCreateKey = true
}

extension UsernetFacts.Line {
    fileprivate init(_ entry: UsernetEntry) {
        self.init(
            number: entry.line, count: entry.count, owner: entry.granteeText,
            options: entry.options.words, vlan: entry.options.vlan)
    }
}

extension UsernetEntry {
    /// As in "alice", "each member of crew" or "each user".
    fileprivate var granteeText: String {
        switch grantee {
        case .everybody: "each user"
        case .owner(.user(let name)): printable(name)
        case .owner(.group(let name)):
            isPerUser
                ? "each member of \(printable(name))"
                : "all members of \(printable(name)) together"
        }
    }
}

extension UsernetFacts {
    init(_ policy: PolicyFile, _ file: UsernetFile) {
        self.file = policy
        invalidLines = file.invalidLines.filter { !$0.text[...].isComment }.map { InvalidLine($0) }
        keyObstacle = IdentityKey.obstacle
        canCreateKey = !isRoot || SmallFile.isWritable(Paths.lxcConfiguration)
    }

    /// - Parameter matcher: the user; `nil` if their account cannot be looked up.
    mutating func readQuotas(
        on bridges: [UntrustedText], of matcher: inout OwnerMatcher?, _ host: borrowing HostSnapshot
    ) {
        quotas = []
        for name in bridges {
            var quota = BridgeQuota(bridge: name)
            if let bridge = UsernetBridge(name.bytes) {
                quota.name = name.shellWord
                quota.interface = host.interfaces.first { $0.name == bridge.description }
                quota.read(bridge, of: &matcher, host)
            }
            quotas.append(quota)
        }
    }
}

extension UsernetFacts.BridgeQuota {
    fileprivate mutating func read(
        _ bridge: UsernetBridge, of matcher: inout OwnerMatcher?, _ host: borrowing HostSnapshot
    ) {
        guard var caller = matcher,
            let own = try? host.usernetFile.lines(for: bridge, of: &caller)
        else { return }
        matcher = caller
        excluding = own.excluding?.description
        invalidLine = own.invalidLines.first { $0.mayName(bridge) && !$0.text[...].isComment }
            .map { InvalidLine($0) }
        lines = own.lines.map { UsernetFacts.Line($0.entry) }
        let interfaces = host.interfaces
        let quota = Usernet.Quota(own.lines, in: host.ledger ?? Ledger([])) { nic in
            interfaces.contains { $0.name.utf8.elementsEqual(nic) }
        }
        allowed = quota.allowed
        used = host.ledger.map { _ in quota.used }
        hasFreeQuota = host.ledger == nil || quota.charged != nil
    }

    /// The invalid line that denies the user NICs on this bridge.
    var decidingInvalidLine: InvalidLine? { name != nil && lines.isEmpty ? invalidLine : nil }
}

extension UsernetFile.InvalidLine {
    /// Whether the line names the bridge, or it is unclear which bridge it names.
    fileprivate func mayName(_ bridge: UsernetBridge) -> Bool {
        let words = words(of: text)
        return words.dropFirst().contains { UsernetBridge($0) == bridge } || words.count < 3
            || UsernetBridge(words[2]) == nil
    }
}

extension InvalidLine {
    fileprivate init(_ line: UsernetFile.InvalidLine) {
        self.init(line.line, line.text, reason: line.error.description)
    }
}
