internal import Linux
internal import Network

/// Whether the NIC of each running container is attached, up, and has an address and a route.
enum NICs: Check {
    static let name = "nics"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.runningNICs.flatMap { nic in
            let findings = outside(nic, facts) + inside(nic, facts)
            return findings.isEmpty ? [.ok(nic.place, summary(nic, facts))] : findings
        }
    }

    private static func summary(_ nic: ContainerNICFacts, _ facts: Facts) -> String {
        let own = bridge(of: nic, facts)
        let attachedTo = facts.isOpenVSwitch(own) ? own : nic.attachedTo
        let bridge = attachedTo.map { "attached to \($0)" } ?? "on no bridge"
        guard let inside = nic.inside else {
            return "\(bridge) and up; the container's end is not visible to you"
        }
        let addresses = inside.addresses.map { IPRange.text($0) }
        return bridge
            + (addresses.isEmpty ? ", with no address" : ", with \(listed(addresses))")
    }

    /// The bridge to which the NIC belongs: that of the ledger, or the only one that the
    /// configuration names.
    private static func bridge(of nic: ContainerNICFacts, _ facts: Facts) -> String? {
        if let bridge = nic.bridge { return bridge }
        let named = facts.usernet.quotas.map(\.name)
        return named.count == 1 ? named[0] : nil
    }

    private static func outside(_ nic: ContainerNICFacts, _ facts: Facts) -> [Finding] {
        let bridge = bridge(of: nic, facts)
        var findings: [Finding] = []
        if facts.isOpenVSwitch(bridge) {
            // A port has no master, or one that all bridges of Open vSwitch share.
        } else if nic.attachedTo == nil, let bridge, bridge != "none" {
            findings.append(
                Finding(
                    .problem, nic.place, "the NIC is not attached to \(bridge)",
                    attachFixes(nic, to: bridge, facts)))
        } else if let attached = nic.attachedTo, let bridge, nic.bridge != nil, attached != bridge {
            findings.append(
                .warning(
                    nic.place,
                    "the NIC is attached to \(attached), but was created for \(bridge)",
                    .advice(
                        "unless this is intended, as root, detach it with ip link set "
                            + "\(nic.port) nomaster, and run berth-net reload")))
        }
        if !nic.isUp {
            findings.append(
                .problem(
                    nic.place, "the host's end of the NIC is down",
                    .command("ip link set \(nic.port) up", by: .root)))
        } else if nic.forwardsFrames == false, nic.inside?.isUp ?? false,
            !hasSpanningTree(nic, facts)
        {
            // Without a carrier, the bridge disables the port itself.
            findings.append(
                .problem(
                    nic.place,
                    "the bridge does not forward frames of this port, which is blocked or disabled",
                    .command("bridge link set dev \(nic.port) state 3", by: .root)))
        }
        return findings
    }

    /// Whether the spanning tree protocol decides which ports forward: see ``BridgeOptions``.
    private static func hasSpanningTree(_ nic: ContainerNICFacts, _ facts: Facts) -> Bool {
        facts.network.interfaces.contains {
            $0.spanningTreeDelay != nil && $0.description == nic.attachedTo
        }
    }

    private static func attachFixes(
        _ nic: ContainerNICFacts, to bridge: String, _ facts: Facts
    ) -> [Fix] {
        let network = facts.network.networks.first { $0.bridge == bridge }
        // berth-net also restores the options of the port, such as isolated.
        if network?.isMade ?? false, nic.hasGrant, facts.installation.hasBerthNet {
            return [.command("berth-net reload", by: .root)]
        }
        let lines = facts.usernet.quotas.first { $0.name == bridge }?.lines ?? []
        if lines.allSatisfy(\.options.isEmpty) {
            return [.command("ip link set \(nic.port) master \(bridge)", by: .root)]
        }
        return [
            .advice("stop the container, and start it again, so that its port gets its options")
        ]
    }

    private static func inside(_ nic: ContainerNICFacts, _ facts: Facts) -> [Finding] {
        guard let end = nic.inside else { return [] }
        guard end.isUp else {
            let up = command("ip link set", end.name, "up", in: nic, facts)
            // The kernel has deleted the routes, but not the addresses.
            let network = facts.network.networks.first { $0.bridge == nic.attachedTo }?.desired
            let route = network?.ipv4.flatMap { ipv4 in
                end.defaultRoute == .absent
                    && nic.addresses4.contains { ipv4.network.contains($0) }
                    ? defaultRoute(through: ipv4, in: nic, facts) : nil
            }
            // A NIC that is set up by neither LXC nor the container.
            let flags = facts.config.nics.filter { !$0.isUp }.map {
                Fix.advice("write lxc.net.\($0.index).flags = up in \(facts.config.path.quoted)")
            }
            let key = facts.config.nics.first { !$0.isUp }.map {
                "\(facts.config.path.quoted) has no lxc.net.\($0.index).flags = up"
            }
            return [
                Finding(
                    .problem, nic.place,
                    "the container's end, \(end.name.quoted), is down"
                        + (key.map { ": the container does not set it up, and \($0)" } ?? ""),
                    [up] + [route].compactMap { $0 } + flags)
            ]
        }
        guard let name = nic.attachedTo,
            let network = facts.network.networks.first(where: { $0.bridge == name }),
            let desired = network.desired
        else { return [] }
        // Router advertisements give any NIC an IPv6 address.
        guard !nic.addresses4.isEmpty else {
            return network.dnsmasq == nil || network.leaseRange == nil
                ? []
                : [
                    .warning(
                        nic.place,
                        end.addresses.isEmpty
                            ? "the container has no address" : "the container has no IPv4 address",
                        .advice(
                            "start a DHCP client in the container, or wait until it has a lease"))
                ]
        }
        // Without an address of this host, the addresses and routes are those of a LAN.
        let addressing = desired.ipv4.map {
            addresses(nic, end, network, $0) + route(nic, end, network, $0, facts)
        }
        return (addressing ?? [])
            + loopback(nic, end, facts)
            + size(nic, end, network, facts)
    }

    /// The bridge drops larger frames than its MTU, and so does the host's end.
    private static func size(
        _ nic: ContainerNICFacts, _ end: ContainerNICFacts.Inside, _ network: NetworkStatus,
        _ facts: Facts
    ) -> [Finding] {
        let limit = min(nic.mtu, network.mtu)
        guard limit > 0, end.mtu > limit else { return [] }
        return [
            .problem(
                nic.place,
                "the container's end has an MTU of \(end.mtu), and packets of more than \(limit) "
                    + "bytes are dropped",
                command("ip link set", end.name, "mtu \(limit)", in: nic, facts))
        ]
    }

    private static func addresses(
        _ nic: ContainerNICFacts, _ end: ContainerNICFacts.Inside, _ network: NetworkStatus,
        _ ipv4: DesiredNetwork.Subnet<IPv4Address>
    ) -> [Finding] {
        nic.addresses4.compactMap { address in
            if address == ipv4.address {
                return .problem(
                    nic.place, "the container has the bridge's own address, \(address)",
                    .advice("give the container another address in \(ipv4.network)"))
            }
            guard !ipv4.network.contains(address) else { return nil }
            return .warning(
                nic.place,
                "the container's address \(address) is not in \(ipv4.network), the range "
                    + "of \(network.bridge)",
                .advice(
                    "start the container again if it uses DHCP, or correct its address"))
        }
    }

    private static func route(
        _ nic: ContainerNICFacts, _ end: ContainerNICFacts.Inside, _ network: NetworkStatus,
        _ ipv4: DesiredNetwork.Subnet<IPv4Address>, _ facts: Facts
    ) -> [Finding] {
        guard nic.addresses4.contains(where: { ipv4.network.contains($0) }) else {
            return []
        }
        let replacement = command(
            "ip route replace default via", nil, "\(ipv4.address)", in: nic, facts)
        switch end.defaultRoute {
        case nil: return []
        case .absent?:
            return [
                .warning(
                    nic.place,
                    "the container has no default route, so it reaches only \(network.bridge)",
                    defaultRoute(through: ipv4, in: nic, facts))
            ]
        case .through("lo", _)?:
            return [
                .problem(
                    nic.place,
                    "the container's default route leads through its loopback interface, so it "
                        + "reaches only \(network.bridge)", replacement)
            ]
        case .through(end.name, let router)?:
            guard let router, router != ipv4.address,
                !facts.packetPath.nics.contains(where: { $0.addresses4.contains(router) }),
                !facts.network.addresses.contains(where: { $0.bytes == router.bytes })
            else { return [] }
            return [
                .problem(
                    nic.place,
                    "the container's default route leads to \(router), which neither "
                        + "\(network.bridge) nor a container has, so the container reaches only "
                        + "\(network.bridge)", replacement)
            ]
        case .through: return []
        }
    }

    /// Programs in the container talk to each other through it.
    private static func loopback(
        _ nic: ContainerNICFacts, _ end: ContainerNICFacts.Inside, _ facts: Facts
    ) -> [Finding] {
        guard !end.isLoopbackUp else { return [] }
        return [
            .warning(
                nic.place,
                "the container's loopback interface is down, so its programs do not reach each "
                    + "other by 127.0.0.1",
                command("ip link set lo up", nil, "", in: nic, facts))
        ]
    }

    private static func defaultRoute(
        through ipv4: DesiredNetwork.Subnet<IPv4Address>, in nic: ContainerNICFacts, _ facts: Facts
    ) -> Fix {
        command("ip route add default via", nil, "\(ipv4.address)", in: nic, facts)
    }

    /// A command in the container, or advice if a name in it is not safe to paste.
    private static func command(
        _ start: String, _ argument: UntrustedText?, _ end: String, in nic: ContainerNICFacts,
        _ facts: Facts
    ) -> Fix {
        let word = argument.map(\.shellWord)
        guard let container = nic.container?.shellWord, word != .some(nil) else {
            return .advice("in the container, run \(start) INTERFACE \(end)")
        }
        let words = ([start] + [word ?? nil].compactMap { $0 } + [end]).filter { !$0.isEmpty }
        return .command(
            "lxc-attach -n \(container) -- \(words.joined(separator: " "))",
            by: facts.target.isRoot ? .root : .user)
    }
}
