/// The chains of a live ruleset, and what they do with a packet whose fields are partly known.
///
/// A rule that matches a field that is not known, or only some of the packets, is skipped. Packets
/// are those of all containers of a network, or of one container.
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
        /// The number of its table. Of chains with the same priority, packets traverse the newest
        /// one first.
        var handle = 0
        /// The interfaces to which the chain is bound. It sees only their frames.
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
        /// Its handle in nftables, or its number in its chain of iptables.
        var position: FirewallRulePosition?
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
            /// The code of an ICMP message.
            case code(Set<Int>)
            case mark(UInt32, mask: UInt32)
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
            /// All matches of one of these alternatives: what a set of concatenated fields means.
            case any([[Match]])
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
        /// With a transport, `nil` means that the protocol has no ports.
        var port: Int?
        var sourcePort: Int?
        var message: String?
        /// The code of an ICMP message.
        var code: Int?
        /// Whether connection tracking relates it to a connection that it does not belong to.
        var isRelated = false
        var mark: UInt32?
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
        /// The rule that has decided.
        var decider: FirewallRulePosition?
    }

    var chains: [Name: Chain] = [:]
    /// Whether a rule sets a mark. A rule that restores the mark of a connection does not count:
    /// the connections of containers have none.
    private var setsMarks: Bool {
        chains.values.contains { $0.rules.contains { $0.mark ?? 0 != 0 } }
    }

    /// - Returns: what drops the packet; `nil` if nothing does.
    func drop(of packet: Packet, at name: Name) -> FirewallDrop? {
        let passage = passage(of: packet, at: name)
        switch passage.outcome {
        case .accepted, .translated: return nil
        case .dropped: return passage.decider.map { .rule($0) } ?? .policy
        case .undecided: return chains[name]?.dropsByPolicy ?? false ? .policy : nil
        }
    }

    func passage(of packet: Packet, at name: Name) -> Passage {
        var known: [Name: Passage] = [:]
        var packet = packet
        // Packets have no mark unless a rule sets one.
        if packet.mark == nil, !setsMarks { packet.mark = 0 }
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
            passage.decider = inner.decider
        }
        for rule in chains[name]?.rules ?? []
        where rule.matches.allSatisfy({ $0.holds(for: packet) ?? false }) {
            passage.isUntracked = passage.isUntracked || rule.untracks
            passage.mark = rule.mark ?? passage.mark
            passage.isOwn = rule.isOwn
            passage.decider = rule.position
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

extension FirewallChains.Packet {
    /// The state of the packet in connection tracking.
    var state: String { isRelated ? "related" : isReply ? "established" : "new" }
}
