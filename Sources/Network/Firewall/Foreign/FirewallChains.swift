/// The chains of a live ruleset, and what they do with a packet of which little is known.
///
/// A rule that looks at what is not known here, an address or a mark, is passed by: the question is what
/// happens to any container's packet, not to this one's.
struct FirewallChains: Sendable {
    struct Name: Hashable, Sendable {
        let family: String
        let table: String
        let chain: String
    }

    struct Chain: Sendable {
        /// `forward`, `input` and so on; `nil` for one that only other chains lead to.
        var hook: String?
        var dropsByPolicy = false
        var rules: [Rule] = []
    }

    struct Rule: Sendable {
        var conditions: [Condition] = []
        var verdict: Verdict?
    }

    struct Condition: Sendable {
        enum About: Sendable {
            case incoming([String])
            case outgoing([String])
            /// `new`, `established`, `dnat` …
            case connection(Set<String>)
            case transport(Set<String>)
            case port([ClosedRange<Int>])
            /// `local`, `broadcast` …
            case destination(Set<String>)
            case family(String)
            /// Something of IPv6 packets that is not known here.
            case ofIPv6
            case unknown
        }
        let about: About
        var isNegated = false
    }

    enum Verdict: Hashable, Sendable {
        case accept, drop, goBack
        case jump(String)
        case goto(String)
    }

    /// A packet of a network: from its bridge, or for it.
    struct Packet: Sendable {
        let bridge: String
        let family: String
        /// `nil` for one that is not known, and is not the bridge.
        let incoming: String?
        let outgoing: String?
        let isReply: Bool
        let destination: String
        /// `nil` for any.
        let transport: String?
        let port: Int?
    }

    enum Outcome: Sendable { case accepted, dropped, passed }

    var chains: [Name: Chain] = [:]

    func throwsAway(_ packet: Packet, at name: Name) -> Bool {
        var known: [Name: Outcome] = [:]
        switch outcome(of: packet, in: name, &known) {
        case .accepted: return false
        case .dropped: return true
        case .passed: return chains[name]?.dropsByPolicy ?? false
        }
    }

    private func outcome(
        of packet: Packet, in name: Name, _ known: inout [Name: Outcome]
    ) -> Outcome {
        if let outcome = known[name] { return outcome }
        // No ruleset has loops; whoever makes up one finds his way out of it.
        known[name] = .passed
        let outcome = walk(packet, name, &known)
        known[name] = outcome
        return outcome
    }

    private func walk(
        _ packet: Packet, _ name: Name, _ known: inout [Name: Outcome]
    ) -> Outcome {
        func there(_ chain: String) -> Name {
            Name(family: name.family, table: name.table, chain: chain)
        }
        for rule in chains[name]?.rules ?? []
        where rule.conditions.allSatisfy({ $0.holds(for: packet) ?? false }) {
            switch rule.verdict {
            case .accept: return .accepted
            case .drop: return .dropped
            case .goBack: return .passed
            case .goto(let chain): return outcome(of: packet, in: there(chain), &known)
            case .jump(let chain):
                let outcome = outcome(of: packet, in: there(chain), &known)
                if outcome != .passed { return outcome }
            case nil: continue
            }
        }
        return .passed
    }
}

extension FirewallChains.Condition {
    /// - Returns: `nil` where that depends on more than is known.
    func holds(for packet: FirewallChains.Packet) -> Bool? {
        let answer: Bool?
        switch about {
        case .incoming(let names): answer = Self.among(names, packet.incoming, packet.bridge)
        case .outgoing(let names): answer = Self.among(names, packet.outgoing, packet.bridge)
        case .connection(let states):
            answer = states.contains(packet.isReply ? "established" : "new")
        case .transport(let names): answer = packet.transport.map { names.contains($0) }
        case .port(let ranges):
            answer = packet.port.map { port in ranges.contains { $0.contains(port) } }
        case .destination(let kinds): answer = kinds.contains(packet.destination)
        case .family(let family): answer = family == packet.family
        // A packet of the other kind is not met, negated or not.
        case .ofIPv6: return packet.family == "ip6" ? nil : false
        case .unknown: answer = nil
        }
        return answer.map { $0 != isNegated }
    }

    private static func among(_ names: [String], _ name: String?, _ bridge: String) -> Bool? {
        func isMeant(_ pattern: String, _ name: String) -> Bool {
            pattern.last == "*" || pattern.last == "+"
                ? name.hasPrefix(pattern.dropLast()) : name == pattern
        }
        if let name { return names.contains { isMeant($0, name) } }
        // Another one than the bridge, whatever its name.
        return names.allSatisfy { $0 == bridge } ? false : nil
    }
}
