/// Whether each bridge that the container names is there and can carry something.
enum Bridge: Check {
    static let name = "bridge"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usernet.bridges.filter { $0.name != "none" }.flatMap { finding($0, facts) }
    }

    private static func finding(_ on: UsernetFacts.OnBridge, _ facts: Facts) -> [Finding] {
        let place = on.name
        guard on.isValid else {
            return [
                .problem(
                    "\(facts.config.place), lxc.net.N.link",
                    "\"\(place)\" cannot be a bridge's name",
                    .advice("write the name of a bridge there, such as lxcbr0"))
            ]
        }
        guard let interface = on.interface else { return [absent(place, facts)] }
        guard interface.isBridge || interface.mayBeOpenVSwitch else {
            return [
                .problem(
                    place, "it is a network interface, but not a bridge",
                    .advice("write a bridge at lxc.net.N.link in \(facts.config.place)"))
            ]
        }
        var findings: [Finding] = []
        if !interface.isUp {
            findings.append(
                .problem(
                    place, "the bridge is down",
                    .command("ip link set \(quoted(place)) up", by: .root)))
        }
        if interface.addresses.isEmpty, facts.network.isManaged(place) {
            findings.append(
                .problem(
                    place, "the bridge has no address, so containers get none and lead nowhere",
                    .command(facts.start(restart: true), by: .root)))
        }
        return findings.isEmpty ? [.ok(place, "a bridge, up")] : findings
    }

    private static func absent(_ bridge: String, _ facts: Facts) -> Finding {
        guard facts.network.isManaged(bridge) else {
            if let place = facts.network.switchedOff.first {
                return .problem(
                    bridge, "the bridge does not exist: USE_LXC_BRIDGE switches it off in \(place)",
                    .line(#"USE_LXC_BRIDGE="true""#, to: file(of: place), by: .root),
                    .command(facts.start(restart: false), by: .root))
            }
            return .problem(
                bridge, "the bridge does not exist, and no settings of berth-net name it",
                .advice(
                    "make it, or write a bridge that exists at lxc.net.N.link in \(facts.config.place)"
                ))
        }
        return .problem(
            bridge, "the bridge does not exist: the service that makes it has not run",
            .command(facts.start(restart: false), by: .root))
    }

    /// `/etc/default/lxc-net:3` without the line.
    private static func file(of place: String) -> String {
        String(place.prefix { $0 != ":" })
    }
}

extension Facts {
    /// How the networks are brought up on this host.
    func start(restart: Bool) -> String {
        if installation.hasBerthNet { return restart ? "berth-net reload" : "berth-net start" }
        let verb = restart ? "restart" : "start"
        return installation.hasSystemd
            ? "systemctl \(verb) lxc-net" : "service lxc-net \(verb)"
    }
}
