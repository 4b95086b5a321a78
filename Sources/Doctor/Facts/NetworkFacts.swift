internal import Linux
internal import Network

/// What the networks of this host are like, which containers are plugged into.
struct NetworkFacts: Equatable, Sendable {
    struct Chain: Equatable, Sendable {
        let sentence: String
        /// Programs and their words, in this order.
        let fixes: [[String]]
        let remedy: String
    }

    struct Network: Equatable, Sendable {
        let bridge: String
        var dnsPort: UInt16 = 53
        var dnsmasq: Int32?
        var portHolder: String?
        /// `nil` where only root sees them.
        var chains: [Chain]?
        var missing: [String]?
    }

    var networks: [Network] = []
    var problems: [String] = []
    var switchedOff: [String] = []
    var hasDnsmasq = true
    var failure: String?
    var recordFailure: String?
    /// net.ipv4.ip_forward
    var forwards: Bool?

    /// Whether the bridge is one that the settings name.
    func isManaged(_ bridge: String) -> Bool { networks.contains { $0.bridge == bridge } }

    static func observe(isRoot: Bool, _ interfaces: [InterfaceFacts]) -> NetworkFacts {
        let survey = Survey.look(asRoot: isRoot)
        let networks = survey.networks.map { seen in
            Network(
                bridge: seen.bridge, dnsPort: seen.dnsPort, dnsmasq: seen.dnsmasq,
                portHolder: seen.portHolder, chains: seen.foreign.map { $0.map { chain($0) } },
                missing: seen.missing)
        }
        return NetworkFacts(
            networks: networks, problems: survey.problems, switchedOff: survey.switchedOff,
            hasDnsmasq: survey.hasDnsmasq, failure: survey.failure,
            recordFailure: survey.recordFailure,
            forwards: kernelSetting("/proc/sys/net/ipv4/ip_forward").map { $0 == "1" })
    }

    private static func chain(_ foreign: ForeignFirewall) -> Chain {
        let whose = foreign.owner == .unknown ? "" : " of \(foreign.owner.rawValue)"
        let old = foreign.isLegacy ? ", an old table of iptables" : ""
        return Chain(
            sentence:
                "the chain \(foreign.chain)\(whose) (\(foreign.family) \(foreign.table)\(old))",
            fixes: foreign.fix?.apply ?? [], remedy: foreign.remedy)
    }
}

extension Facts {
    /// The networks that the container is to be plugged into, of those that the settings name.
    var usedNetworks: [NetworkFacts.Network] {
        network.networks.filter { config.bridges.contains($0.bridge) }
    }
}
