internal import HostPaths
internal import Linux

/// Whether each bridge that the configuration names exists, is up, has an address, and forwards by
/// VLAN if the user's line needs it.
enum Bridge: Check {
    static let name = "bridge"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usernet.quotas.filter { $0.name != "none" }.flatMap { findings($0, facts) }
    }

    private static func findings(
        _ quota: UsernetFacts.BridgeQuota, _ facts: Facts
    ) -> [Finding] {
        guard let bridge = quota.name else {
            return [
                .problem(
                    "\(facts.config.path.quoted), lxc.net.N.link",
                    "\(quota.bridge.quoted) is not a valid name for a bridge",
                    .advice("write the name of a bridge, such as lxcbr0"))
            ]
        }
        guard let interface = quota.interface else { return [missing(bridge, facts)] }
        guard interface.isBridge || interface.mayBeOpenVSwitch else {
            return [
                .problem(
                    bridge, "the network interface is not a bridge",
                    .advice("name a bridge in lxc.net.N.link of \(facts.config.path.quoted)"))
            ]
        }
        var findings: [Finding] = []
        if !interface.isUp {
            findings.append(
                .problem(
                    bridge, "the bridge is down",
                    .command("ip link set \(bridge) up", by: .root)))
        }
        let network = facts.network.configured.first { $0.bridge == bridge }
        if interface.addresses.isEmpty, let network, !(network.desired?.isClosed ?? false) {
            findings.append(
                .problem(
                    bridge,
                    "the bridge has no address, so containers get no address and no route",
                    facts.networkService(.restart)))
        }
        findings += addresses(of: interface, facts) + vlans(quota, of: interface, facts)
        if let bridge = facts.network.interfaces.first(where: { $0.description == bridge }) {
            findings += BridgeOptions.findings(bridge, facts) + BridgePorts.findings(bridge, facts)
        }
        return findings.isEmpty ? [.ok(bridge, "the bridge is up")] : findings
    }

    /// The bridge must have the address that containers use as their router, with the prefix length
    /// of the network: the kernel adds the route to the containers for it.
    private static func addresses(of interface: InterfaceFacts, _ facts: Facts) -> [Finding] {
        guard !interface.addresses.isEmpty,
            let status = facts.network.configured.first(where: { $0.bridge == interface.name }),
            status.isMade, let subnet = status.desired?.ipv4
        else { return [] }
        let wanted = "\(subnet.address)/\(subnet.network.length)"
        guard !status.addresses.contains(wanted) else { return [] }
        let other = status.addresses.first { $0.hasPrefix("\(subnet.address)/") }
        return [
            .problem(
                interface.name,
                other.map {
                    "the bridge has the address \($0) instead of \(wanted), so this host has no "
                        + "route to the containers"
                }
                    ?? "the bridge has lost its address \(wanted), which is the router and name "
                    + "server of the containers",
                facts.networkService(.restart))
        ]
    }

    /// berth-nic refuses a NIC in a VLAN on a Linux bridge that ignores VLANs.
    private static func vlans(
        _ quota: UsernetFacts.BridgeQuota, of interface: InterfaceFacts, _ facts: Facts
    ) -> [Finding] {
        guard interface.isBridge, !interface.isVLANAware,
            let line = quota.lines.first(where: { $0.vlan != nil })
        else { return [] }
        let bridge = interface.name
        let isMade = facts.network.isManaged(bridge) && facts.installation.hasBerthNet
        return [
            .problem(
                bridge,
                "the bridge ignores VLANs, but line \(line.number) of \(Paths.usernet) puts NICs "
                    + "of \(facts.target.name) in a VLAN, so berth-nic refuses them",
                isMade
                    ? .advice(
                        "as root, add LXC_VLAN_AWARE=\"true\" to the settings of \(bridge), and "
                            + "run berth-net reload")
                    : .command(
                        "ip link set \(bridge) type bridge vlan_filtering 1", by: .root))
        ]
    }

    private static func missing(_ bridge: String, _ facts: Facts) -> Finding {
        let start = facts.networkService(.start)
        guard !facts.network.isManaged(bridge) else {
            return .problem(
                bridge,
                "the bridge does not exist: the service that creates it has not run, or has failed",
                start)
        }
        if let setting = facts.network.switchedOff.first {
            return .problem(
                bridge, "the bridge does not exist: USE_LXC_BRIDGE in \(setting) disables it",
                .line(#"USE_LXC_BRIDGE="true""#, to: setting.file, by: .root), start)
        }
        let named = facts.network.configured.map(\.bridge)
        return .problem(
            bridge,
            "the bridge does not exist, and the settings of berth-net "
                + (named.isEmpty ? "do not name it" : "name \(listed(named)) instead"),
            .advice(
                named.count == 1
                    ? "name \(named[0]) in lxc.net.N.link of \(facts.config.path.quoted), and in "
                        + "the line of \(Paths.usernet) for \(facts.target.name); or set "
                        + "LXC_BRIDGE to the former name again"
                    : "create it, or name an existing bridge in lxc.net.N.link of "
                        + facts.config.path.quoted))
    }
}

extension Facts {
    /// The step that starts or restarts the networks on this host.
    func networkService(_ verb: InitSystem.ServiceVerb) -> Fix {
        installation.networkService(verb)
    }
}

extension InstallationFacts {
    func networkService(_ verb: InitSystem.ServiceVerb) -> Fix {
        if hasBerthNet {
            return .command(verb == .restart ? "berth-net reload" : "berth-net start", by: .root)
        }
        return initSystem.command(verb, "lxc-net").map { .command($0, by: .root) }
            ?? .advice("\(verb.rawValue) the service lxc-net")
    }

    /// The step that stops and starts dnsmasq, and keeps the rest of the networks.
    var restartDnsmasq: Fix {
        hasBerthNet ? .command("berth-net restart", by: .root) : networkService(.restart)
    }
}
