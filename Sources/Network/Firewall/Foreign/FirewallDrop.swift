internal import Linux

/// Where a rule is, for the programs that delete it.
package struct FirewallRulePosition: Hashable, Sendable {
    package let chain: String
    /// In nftables, its handle; in iptables, its number in the chain, from 1.
    package let number: Int
    package let isIptables: Bool
    /// The named sets with which it compares packets.
    package var sets: [String] = []
}

/// What drops a packet.
package enum FirewallDrop: Hashable, Sendable {
    case policy
    case rule(FirewallRulePosition)

    /// As in "drops its packets …".
    /// - Parameter base: the chain that packets enter first.
    package func text(in base: String) -> String {
        switch self {
        case .policy: return "by its policy"
        case .rule(let rule):
            let sets = rule.sets.map { "@\($0)" }
            return
                (rule.isIptables
                ? "by rule \(rule.number)" : "by the rule with handle \(rule.number)")
                + (rule.chain == base ? "" : " of the chain \(rule.chain)")
                + (sets.isEmpty ? "" : ", which uses \(listed(sets))")
        }
    }
}
