/// The chains of a live ruleset, and what they do with a packet whose fields are partly known.
///
/// A rule that matches anything else, such as a mark or the address of one host, is skipped: the
/// question is whether the packets of every container are dropped, not those of a particular one.
struct FirewallChains: Sendable {
    struct Name: Hashable, Sendable {
        let family: String
        let table: String
        let chain: String
    }

    struct Chain: Sendable {
        /// `forward`, `input` and so on; `nil` for a chain that is only reached from other chains.
        var hook: String?
        var dropsByPolicy = false
        var rules: [Rule] = []
    }

    struct Rule: Sendable {
        var matches: [Match] = []
        var verdict: Verdict?
    }

    struct Match: Sendable {
        enum Criterion: Sendable {
            case incoming([String])
            case outgoing([String])
            /// `new`, `established`, `dnat` …
            case connection(Set<String>)
            case transport(Set<String>)
            case port([ClosedRange<Int>])
            /// `local`, `broadcast` …
            case destination(Set<String>)
            /// Ranges of IPv4 addresses.
            case source([ClosedRange<IPv4Address>])
            case target([ClosedRange<IPv4Address>])
            case family(String)
            /// Any other field that only IPv6 packets have.
            case ofIPv6
            case unknown
        }
        let criterion: Criterion
        var isNegated = false
    }

    enum Verdict: Hashable, Sendable {
        case accept, drop, returnToCaller
        case jump(String)
        case goto(String)
    }

    /// A packet that a network sends or receives.
    struct Packet: Sendable {
        let bridge: String
        let family: String
        /// `nil` for an unknown interface other than the bridge.
        let incoming: String?
        let outgoing: String?
        let isReply: Bool
        let destination: String
        /// The addresses of the containers that send it, or for a reply, receive it; `nil` if it
        /// has others, such as a DHCP request.
        var containers: ClosedRange<IPv4Address>?
        /// `nil` for any.
        let transport: String?
        let port: Int?
    }

    enum Outcome: Sendable { case accepted, dropped, undecided }

    var chains: [Name: Chain] = [:]

    func drops(_ packet: Packet, at name: Name) -> Bool {
        var known: [Name: Outcome] = [:]
        switch outcome(of: packet, in: name, &known) {
        case .accepted: return false
        case .dropped: return true
        case .undecided: return chains[name]?.dropsByPolicy ?? false
        }
    }

    private func outcome(
        of packet: Packet, in name: Name, _ known: inout [Name: Outcome]
    ) -> Outcome {
        if let outcome = known[name] { return outcome }
        // The kernel refuses loops; a forged listing must not cause one here either.
        known[name] = .undecided
        let outcome = traverse(name, with: packet, &known)
        known[name] = outcome
        return outcome
    }

    private func traverse(
        _ name: Name, with packet: Packet, _ known: inout [Name: Outcome]
    ) -> Outcome {
        func sibling(_ chain: String) -> Name {
            Name(family: name.family, table: name.table, chain: chain)
        }
        for rule in chains[name]?.rules ?? []
        where rule.matches.allSatisfy({ $0.holds(for: packet) ?? false }) {
            switch rule.verdict {
            case .accept: return .accepted
            case .drop: return .dropped
            case .returnToCaller: return .undecided
            case .goto(let chain): return outcome(of: packet, in: sibling(chain), &known)
            case .jump(let chain):
                let outcome = outcome(of: packet, in: sibling(chain), &known)
                if outcome != .undecided { return outcome }
            case nil: continue
            }
        }
        return .undecided
    }
}

extension FirewallChains.Match {
    /// - Returns: `nil` if that depends on fields that are not known.
    func holds(for packet: FirewallChains.Packet) -> Bool? {
        let answer: Bool?
        switch criterion {
        case .incoming(let names): answer = Self.among(names, packet.incoming, packet.bridge)
        case .outgoing(let names): answer = Self.among(names, packet.outgoing, packet.bridge)
        case .connection(let states):
            answer = states.contains(packet.isReply ? "established" : "new")
        case .transport(let names): answer = packet.transport.map { names.contains($0) }
        case .port(let ranges):
            answer = packet.port.map { port in ranges.contains { $0.contains(port) } }
        case .destination(let kinds): answer = kinds.contains(packet.destination)
        case .source(let ranges):
            answer = packet.isReply ? nil : Self.contain(ranges, packet.containers)
        case .target(let ranges):
            answer = packet.isReply ? Self.contain(ranges, packet.containers) : nil
        case .family(let family): answer = family == packet.family
        // An IPv4 packet never matches, negated or not.
        case .ofIPv6: return packet.family == "ip6" ? nil : false
        case .unknown: answer = nil
        }
        return answer.map { $0 != isNegated }
    }

    /// - Returns: `nil` if the ranges contain only a part of the addresses.
    private static func contain(
        _ ranges: [ClosedRange<IPv4Address>], _ addresses: ClosedRange<IPv4Address>?
    ) -> Bool? {
        guard let addresses else { return nil }
        if ranges.contains(where: { $0.contains(addresses) }) { return true }
        return ranges.contains { $0.overlaps(addresses) } ? nil : false
    }

    private static func among(_ names: [String], _ name: String?, _ bridge: String) -> Bool? {
        if let name {
            return names.contains { pattern in
                pattern.last == "*" || pattern.last == "+"
                    ? name.hasPrefix(pattern.dropLast()) : name == pattern
            }
        }
        // The interface is unknown, but it is not the bridge.
        return names.allSatisfy { $0 == bridge } ? false : nil
    }
}
