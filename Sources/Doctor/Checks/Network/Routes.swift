internal import Linux
internal import Netlink
internal import Network

/// Whether the kernel routes packets from the network to the Internet, and back.
enum Routes: Check {
    static let name = "routes"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let desired = network.desired else { return [] }
            let shared =
                sharedRanges(network, desired, facts) + HostAddresses.findings(network, facts)
            let routes = (facts.packetPath.routes[network.bridge] ?? []).flatMap {
                findings($0, network, desired, facts)
            }
            return shared + routes
        }
    }

    private static func findings(
        _ routes: RouteFacts, _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Finding] {
        let bridge = network.bridge
        let range = routes.range(in: desired)
        var detours: [Finding] = []
        for destination in routes.toContainers {
            guard let finding = detour(destination, routes, bridge, range, facts),
                // A route can be found by several destinations.
                !detours.contains(where: { $0.fixes == finding.fixes })
            else { continue }
            detours.append(finding)
        }
        guard detours.isEmpty else { return detours }
        if let finding = RouteDiversions.answers(routes, bridge, facts) { return [finding] }
        // The check "forwarding" reports these.
        guard facts.network.forwardsIPv4 ?? true, routes.forwarding.allSatisfy(\.isEnabled) else {
            return []
        }
        if case .refused(let errno) = routes.ofHost {
            // IPv6 without a route to the Internet is usual.
            return routes.isIPv6 ? [] : [hostFinding(routes, errno, facts)]
        }
        if case .refused(let errno) = routes.outward {
            return [refused(routes, errno, bridge, range, facts)]
        }
        if let finding = RouteDiversions.outward(routes, bridge, range, facts) { return [finding] }
        if let finding = uplinkFinding(routes, facts) { return [finding] }
        guard let inward = routes.inward, let uplink = routes.uplink else { return [] }
        if case .refused(let errno) = inward {
            return [
                strictFilter(routes, on: uplink, range)
                    ?? .problem(
                        bridge,
                        "replies to \(range) that arrive through \(uplink) are dropped: "
                            + errno.description,
                        .advice("examine ip route, ip rule, and rp_filter of \(uplink)"))
            ]
        }
        if let finding = RouteDiversions.inward(inward, routes, bridge, range, facts) {
            return [finding]
        }
        return [
            .ok(
                bridge,
                "packets from \(range) are routed through \(uplink), and replies are routed back")
        ]
    }

    /// Why packets to a container do not leave through the bridge.
    private static func detour(
        _ destination: RouteFacts.Destination, _ routes: RouteFacts, _ bridge: String,
        _ range: String, _ facts: Facts
    ) -> Finding? {
        switch destination.decision {
        case .sent(let index):
            let name = routes.names[index.number] ?? "another interface"
            guard name != bridge else { return nil }
            return Finding(
                .problem, bridge,
                "the route to \(IPRange.text(destination.address)) in \(range) leads through "
                    + "\(name), so packets do not reach the containers"
                    + (destination.match.map { ": \(origin(of: $0, facts))" } ?? ""),
                competingFixes(destination, facts, name))
        case .refused(let errno):
            let cause = RouteObstacle.find(
                toward: destination.address, from: nil, through: nil, facts.packetPath)
            return Finding(
                .problem, bridge,
                "this host does not send packets to \(IPRange.text(destination.address)) in "
                    + "\(range): \(cause?.sentence ?? errno.description)",
                cause?.fixes ?? [.advice("examine ip route and ip rule")])
        }
    }

    /// What prevents the host itself from reaching the Internet.
    private static func hostFinding(
        _ routes: RouteFacts, _ errno: Errno, _ facts: Facts
    ) -> Finding {
        let cause = RouteObstacle.find(
            toward: RouteFacts.internet4, from: nil, through: nil, facts.packetPath)
        if let cause {
            return Finding(
                .problem, "this host", "it does not reach the Internet: \(cause.sentence)",
                [.advice("if a VPN program added it, start that program again; otherwise:")]
                    + cause.fixes)
        }
        let down = facts.disconnectedUplinks
        return Finding(
            // Before a container runs, nothing needs the Internet yet.
            facts.runningNICs.isEmpty ? .warning : .problem, "this host",
            (errno == .ENETUNREACH
                ? "it has no default route, so containers reach only this host"
                : "it does not reach the Internet: \(errno.description)")
                + (down.isEmpty ? "" : "; \(listed(down))"),
            [.advice("connect this host to a network, or add a default route with ip route")])
    }

    /// What is wrong with the path from this host to its router.
    private static func uplinkFinding(_ routes: RouteFacts, _ facts: Facts) -> Finding? {
        guard let name = routes.uplink,
            let uplink = facts.network.interfaces.first(where: { $0.description == name })
        else { return nil }
        if !uplink.hasCarrier {
            return .problem(
                name,
                "it has no carrier, and the default route leads through it, so containers reach "
                    + "only this host",
                .advice(
                    uplink.kind == .tun
                        ? "start the VPN that uses \(name) again, or remove its routes (ip route)"
                        : "plug in the cable, or check the device to which \(name) is connected"))
        }
        if routes.isTunnelSilent, !facts.reachesNameServer {
            return .problem(
                name,
                "packets to the Internet are sent into this tunnel, which has never received one, "
                    + "and no name server behind it answers, so containers reach only this host: "
                    + "it has no peer, or the other end does not answer",
                .advice("start the VPN again, or stop it, which removes its routes and rules"))
        }
        if let entry = routes.permanentRouter, !facts.reachesNameServer {
            return .problem(
                name,
                "a permanent entry in this host's neighbor table (ARP) maps the router "
                    + "\(IPRange.text(entry.address)) of the default route to "
                    + "\(entry.hardwareAddress), and no name server behind it answers: unless the "
                    + "router has this address, containers reach only this host",
                .command(
                    "ip neigh delete \(IPRange.text(entry.address)) dev \(quoted(entry.interface))",
                    by: .root))
        }
        return routes.silentRouter.map { router in
            .problem(
                name,
                "the router \(IPRange.text(router)) of the default route does not answer, so "
                    + "containers reach only this host",
                .advice("correct the default route (ip route), or start the router"))
        }
    }

    /// Why the kernel does not forward the container's packets, although the host itself reaches
    /// the Internet.
    private static func refused(
        _ routes: RouteFacts, _ errno: Errno, _ bridge: String, _ range: String, _ facts: Facts
    ) -> Finding {
        let cause = RouteObstacle.find(
            toward: routes.isIPv6 ? RouteFacts.internet6 : RouteFacts.internet4,
            from: routes.source, through: bridge,
            facts.packetPath)
        return Finding(
            .problem, bridge,
            "packets from \(range) to the Internet are refused: "
                + (cause?.sentence ?? errno.description),
            cause?.fixes ?? [.advice("examine ip rule, and the tables that it names")])
    }

    /// The route that takes the container's address away from the bridge.
    private static func competingFixes(
        _ destination: RouteFacts.Destination, _ facts: Facts, _ name: String
    ) -> [Fix] {
        guard let route = destination.match, route.prefixLength > 0,
            !facts.isConnected(route, through: name)
        else {
            return [
                .advice(
                    "give the network another range with LXC_NETWORK, or remove the route "
                        + "or rule that leads through \(name)")
            ]
        }
        let version = destination.address.count == 16 ? "ip -6" : "ip"
        let table = route.table == RouteObstacle.mainTable ? "" : " table \(route.table)"
        return [
            .advice(
                "if \(name) needs these addresses, give the network another range with "
                    + "LXC_NETWORK, and start its containers again; otherwise:"),
            .command(
                "\(version) route del "
                    + "\(IPRange(of: route.destination, length: route.prefixLength)) dev "
                    + "\(quoted(name))\(table)", by: .root),
        ]
    }

    /// The route, and the rule that leads to its table.
    private static func origin(of route: RouteMatch, _ facts: Facts) -> String {
        let range =
            route.prefixLength == 0
            ? "the default route"
            : "the route \(IPRange(of: route.destination, length: route.prefixLength))"
        guard route.table != RouteObstacle.mainTable else { return "\(range) applies" }
        let rule = facts.packetPath.rules.sorted { $0.priority < $1.priority }.first {
            $0.isIPv6 == (route.destination.count == 16) && $0.action == .lookUp(table: route.table)
        }
        return "\(range) of table \(route.table) applies"
            + (rule.map { ", which the rule with priority \($0.priority) selects" } ?? "")
    }

    /// Interfaces with an address in a range that overlaps the network's.
    private static func sharedRanges(
        _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Finding] {
        guard let range = desired.ipv4?.network else { return [] }
        let own = facts.network.interfaces.first { $0.description == network.bridge }?.index
        return facts.network.addresses.compactMap { entry in
            guard entry.interface != own, !entry.isLinkLocal,
                let address = IPv4Address(bytes: entry.bytes),
                Prefix(of: address, length: Int(entry.prefixLength))
                    .overlaps(range),
                // A /32 is an address of this host alone, which may be in the range: see HostFacts.
                entry.prefixLength < 32,
                let other = facts.network.interfaces.first(where: { $0.index == entry.interface })
            else { return nil }
            let isLibvirts = other.description.hasPrefix("virbr")
            return .problem(
                network.bridge,
                "its range \(range) is also used on \(other), which has "
                    + "\(address)/\(entry.prefixLength)",
                .advice(
                    isLibvirts
                        ? "give libvirt's network another range (virsh net-edit), or set "
                            + "LXC_NETWORK=\"auto\", and run berth-net reload"
                        : "give one of the two another range, for example with "
                            + "LXC_NETWORK=\"auto\" and berth-net reload"))
        }
    }

    private static func strictFilter(
        _ routes: RouteFacts, on uplink: String, _ range: String
    ) -> Finding? {
        // The kernel uses the higher of the two.
        let settings = routes.reversePathFilters.filter { ["all", uplink].contains($0.interface) }
        guard settings.map(\.value).max() == 1 else { return nil }
        return Finding(
            .problem, uplink,
            "replies to \(range) that arrive through it are dropped by reverse path filtering",
            settings.filter { $0.value == 1 }.map {
                .command("sysctl -w net/ipv4/conf/\($0.interface)/rp_filter=2", by: .root)
            })
    }
}

extension Facts {
    /// Whether a name server outside of this host answers.
    fileprivate var reachesNameServer: Bool {
        packetPath.nameServers.contains { !$0.isLocal && $0.answers == true }
    }

    /// Whether the kernel added the route for an address of this host.
    fileprivate func isConnected(_ route: RouteMatch, through name: String) -> Bool {
        let index = network.interfaces.first { $0.description == name }?.index
        return network.routes.contains {
            $0.isConnected && $0.destination == route.destination
                && $0.prefixLength == route.prefixLength && $0.interface == index
        }
    }

    /// The interfaces that could lead to other hosts, but are down or have no carrier.
    fileprivate var disconnectedUplinks: [String] {
        network.interfaces.filter { interface in
            interface.master == nil && interface.description != "lo"
                && ![.bridge, .dummy, .openVSwitch].contains(interface.kind)
                // A container's NIC that was unplugged is down, too.
                && !packetPath.nics.contains { $0.port == interface.description }
                && (!interface.isUp || !interface.hasCarrier)
        }.prefix(4).map { "\($0) is down" + ($0.isUp ? " (no carrier)" : "") }
    }
}
