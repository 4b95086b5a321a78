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
            fixes: foreign.mend?.apply ?? [], remedy: foreign.remedy)
    }
}

extension Facts {
    /// The networks that the container is to be plugged into, of those that the settings name.
    var usedNetworks: [NetworkFacts.Network] {
        network.networks.filter { config.bridges.contains($0.bridge) }
    }
}

/// Whether the settings of the networks can be carried out.
enum NetworkSettings: Check {
    static let name = "network-settings"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        if let failure = facts.network.failure {
            return [.unknown("the network", failure)]
        }
        let problems = facts.network.problems.map {
            Finding.problem(
                "the settings of berth-net", $0,
                .advice("correct it, and see with berth-net check"))
        }
        guard problems.isEmpty else { return problems }
        if let failure = facts.network.recordFailure {
            return [
                .warning(
                    "what berth-net made", failure, .command("berth-net start", by: .root))
            ]
        }
        return facts.usedNetworks.compactMap { network in
            guard let missing = network.missing, !missing.isEmpty else { return nil }
            return .problem(
                network.bridge, "berth-net made it, and of that is missing: \(listed(missing))",
                .command("berth-net reload", by: .root))
        }
    }
}

/// Whether the bridge's own server gives addresses and names.
enum NameServer: Check {
    static let name = "dns"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.map { network in
            let port = network.dnsPort
            let isServed = network.dnsmasq != nil
            if let holder = network.portHolder {
                let loss = isServed ? "DHCP and no DNS" : "neither DHCP nor DNS"
                return Finding(
                    isServed ? .warning : .problem, "port \(port) for \(network.bridge)",
                    "it is held by \(holder), so containers have \(loss)",
                    fixes(network, facts))
            }
            guard facts.network.hasDnsmasq else {
                return .problem(
                    "dnsmasq",
                    "it is not installed, so containers on \(network.bridge) get no address",
                    facts.installation.hasApt
                        ? .command("apt-get install dnsmasq-base", by: .root)
                        : .advice("install the package dnsmasq"))
            }
            guard let process = network.dnsmasq else {
                return .warning(
                    network.bridge,
                    "no dnsmasq runs for it, so containers need an address in their configuration",
                    .command(facts.start(restart: true), by: .root))
            }
            return .ok(network.bridge, "dnsmasq is process \(process)")
        }
    }

    private static func fixes(_ network: NetworkFacts.Network, _ facts: Facts) -> [Fix] {
        // A setting of ours, which lxc-net's own script does not know.
        guard facts.installation.hasBerthNet, network.bridge == "lxcbr0" else {
            return [
                .advice(
                    "end that program, or keep it off the bridge's address, and start the service")
            ]
        }
        return [
            .advice(
                "end that program, or keep it off the bridge's address; or do without DNS there:"),
            .line(#"LXC_DNS_PORT="0""#, to: "/etc/default/lxc-net", by: .root),
            .command("berth-net reload", by: .root),
        ]
    }
}

/// Whether the host passes packets on.
enum Forwarding: Check {
    static let name = "forwarding"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.usedNetworks.isEmpty, let forwards = facts.network.forwards else { return [] }
        let key = "net.ipv4.ip_forward"
        return forwards
            ? [.ok("\(key) = 1", "the host passes packets on")]
            : [
                .problem(
                    "\(key) = 0",
                    "the host passes no packets on, so containers reach nothing but it",
                    .command("sysctl -w \(key)=1", by: .root),
                    .line("\(key) = 1", to: UserNamespaces.file, by: .root))
            ]
    }
}

/// Whether another program's firewall throws the containers' packets away.
enum Firewalls: Check {
    static let name = "firewall"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let chains = network.chains else {
                return [
                    .unknown(
                        network.bridge, "only root sees the firewall's rules: run this as root")
                ]
            }
            guard !chains.isEmpty else {
                return [.ok(network.bridge, "no other program's firewall is in its way")]
            }
            return chains.map { chain in
                let commands: [Fix] = chain.fixes.map {
                    .command($0.map(quoted).joined(separator: " "), by: .root)
                }
                return Finding(
                    .problem, network.bridge, "\(chain.sentence) throws its packets away",
                    commands.isEmpty
                        ? [.advice(chain.remedy)]
                        : commands + [
                            .advice(
                                "that lasts until the next boot; for good set "
                                    + "LXC_FIREWALL_FOREIGN=\"true\" in /etc/default/lxc-net")
                        ])
            }
        }
    }
}
