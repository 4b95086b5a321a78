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
        /// `filter`, `nat` or `route`; `nil` for a chain of iptables, and one without a hook.
        var type: String?
        var priority = 0
        /// The number of its table. Of chains with the same priority, packets traverse the one that
        /// was made last first.
        var handle = 0
        /// The interfaces of a chain that sees the frames of these only.
        var devices: [String] = []
        var dropsByPolicy = false
        var rules: [Rule] = []
    }

    struct Rule: Sendable {
        var matches: [Match] = []
        var verdict: Verdict?
        /// Whether it exempts packets from connection tracking, without which NAT does not work.
        var untracks = false
        /// The mark that it sets.
        var mark: UInt32?
        /// Whether it is one of berth-net, in a table of iptables.
        var isOwn = false
    }

    struct Match: Sendable {
        enum Criterion: Sendable {
            case incoming([String])
            case outgoing([String])
            /// `new`, `established`, `dnat` …
            case connection(Set<String>)
            case transport(Set<String>)
            /// - Parameter transport: `tcp` or `udp`; another word for any protocol with ports.
            case ports([ClosedRange<Int>], ofSource: Bool, _ transport: String)
            /// `echo-request`, `echo-reply` …
            case message(Set<String>)
            /// `ip`, `ip6`, `arp` …
            case frame(Set<String>)
            case hardwareSource(Set<String>)
            case hardwareTarget(Set<String>)
            /// The bridge of the port that receives or sends a frame.
            case bridge([String])
            /// `local`, `broadcast` …
            case destination(Set<String>)
            /// Ranges of IPv4 addresses.
            case source([ClosedRange<IPv4Address>])
            case target([ClosedRange<IPv4Address>])
            case family(String)
            /// Any other field that only IPv6 packets have.
            case ofIPv6
            /// Any other field that only IPv4 packets have.
            case ofIPv4
            case unknown
        }
        let criterion: Criterion
        var isNegated = false
    }

    enum Verdict: Hashable, Sendable {
        case accept, drop, returnToCaller
        case translate(Translation)
        case jump(String)
        case goto(String)
    }

    /// What NAT does with the first packet of a connection.
    struct Translation: Hashable, Sendable {
        let isOfSource: Bool
        /// `nil` for an address of the interface, or if it is not known.
        var address: IPv4Address?
        /// Whether the address is one of this host: `redirect` and `masquerade`.
        var isToThisHost = false
    }

    /// A packet that a network sends or receives. A field that is `nil` can have any value.
    struct Packet: Sendable {
        let bridge: String
        /// `ip`, `ip6` or `arp`.
        let family: String
        /// `nil` for an unknown interface other than the bridge.
        var incoming: String?
        var outgoing: String?
        var isReply = false
        /// Whether NAT has changed its destination.
        var isTranslated = false
        var destination = "unicast"
        var source: ClosedRange<IPv4Address>?
        var target: ClosedRange<IPv4Address>?
        var hardwareSource: String?
        var hardwareTarget: String?
        var transport: String?
        /// Without a transport, a packet of no protocol with ports.
        var port: Int?
        var sourcePort: Int?
        var message: String?
    }

    enum Outcome: Hashable, Sendable {
        case accepted, dropped, undecided
        case translated(Translation)
    }

    /// What a chain has done with a packet.
    struct Passage: Hashable, Sendable {
        var outcome = Outcome.undecided
        var isUntracked = false
        var mark: UInt32?
        /// Whether a rule of berth-net has decided.
        var isOwn = false
    }

    var chains: [Name: Chain] = [:]

    func drops(_ packet: Packet, at name: Name) -> Bool {
        switch passage(of: packet, at: name).outcome {
        case .accepted, .translated: false
        case .dropped: true
        case .undecided: chains[name]?.dropsByPolicy ?? false
        }
    }

    func passage(of packet: Packet, at name: Name) -> Passage {
        var known: [Name: Passage] = [:]
        return passage(of: packet, in: name, &known)
    }

    private func passage(
        of packet: Packet, in name: Name, _ known: inout [Name: Passage]
    ) -> Passage {
        if let passage = known[name] { return passage }
        // The kernel refuses loops; a forged listing must not cause one here either.
        known[name] = Passage()
        let passage = traverse(name, with: packet, &known)
        known[name] = passage
        return passage
    }

    private func traverse(
        _ name: Name, with packet: Packet, _ known: inout [Name: Passage]
    ) -> Passage {
        var passage = Passage()
        func enter(_ chain: String) {
            let name = Name(family: name.family, table: name.table, chain: chain)
            let inner = self.passage(of: packet, in: name, &known)
            passage.outcome = inner.outcome
            passage.isUntracked = passage.isUntracked || inner.isUntracked
            passage.mark = inner.mark ?? passage.mark
            passage.isOwn = inner.isOwn
        }
        for rule in chains[name]?.rules ?? []
        where rule.matches.allSatisfy({ $0.holds(for: packet) ?? false }) {
            passage.isUntracked = passage.isUntracked || rule.untracks
            passage.mark = rule.mark ?? passage.mark
            passage.isOwn = rule.isOwn
            switch rule.verdict {
            case .accept: passage.outcome = .accepted
            case .drop: passage.outcome = .dropped
            case .translate(let translation): passage.outcome = .translated(translation)
            case .returnToCaller: return passage
            case .goto(let chain):
                enter(chain)
                return passage
            case .jump(let chain): enter(chain)
            case nil: continue
            }
            if passage.outcome != .undecided { return passage }
        }
        return passage
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
            answer =
                states.contains(packet.isReply ? "established" : "new")
                || packet.isTranslated && states.contains("dnat")
        case .transport(let names): answer = packet.transport.map { names.contains($0) }
        case .ports(let ranges, let isOfSource, let transport):
            // A rule for another protocol does not match, negated or not.
            if let used = packet.transport, used != transport, ["tcp", "udp"].contains(transport) {
                return false
            }
            answer = Self.contain(ranges, isOfSource ? packet.sourcePort : packet.port, packet)
        case .message(let kinds):
            answer =
                packet.message.map { kinds.contains($0) } ?? (packet.transport == nil ? nil : false)
        case .frame(let kinds): answer = kinds.contains(packet.family)
        case .hardwareSource(let addresses):
            answer = packet.hardwareSource.map { addresses.contains($0) }
        case .hardwareTarget(let addresses):
            answer = packet.hardwareTarget.map { addresses.contains($0) }
        case .bridge(let names): answer = Self.among(names, packet.bridge, packet.bridge)
        case .destination(let kinds): answer = kinds.contains(packet.destination)
        case .source(let ranges): answer = Self.contain(ranges, packet.source)
        case .target(let ranges): answer = Self.contain(ranges, packet.target)
        case .family(let family): answer = family == packet.family
        // An IPv4 packet never matches, negated or not.
        case .ofIPv6: return packet.family == "ip6" ? nil : false
        case .ofIPv4: return packet.family == "ip" ? nil : false
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

    private static func contain(
        _ ranges: [ClosedRange<Int>], _ port: Int?, _ packet: FirewallChains.Packet
    ) -> Bool? {
        guard let port else { return packet.transport == nil ? nil : false }
        return ranges.contains { $0.contains(port) }
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
